import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.InputStreamReader;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/**
 * Validates PDF files against PDF/A and PDF/UA with veraPDF's library.
 *
 * Standard input: one "flavour TAB path" a line. Standard output, per line read: "= TAB true|false", preceded by
 * one "- TAB rule" line for each broken rule. A file that cannot be parsed is not compliant.
 */
public final class Validate {
    public static void main(String[] arguments) throws Exception {
        Logger.getLogger("").setLevel(Level.OFF);
        VeraGreenfieldFoundryProvider.initialise();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            int tab = line.indexOf('\t');
            validate(PDFAFlavour.byFlavourId(line.substring(0, tab)), line.substring(tab + 1));
        }
    }

    private static void validate(PDFAFlavour flavour, String path) {
        boolean compliant = false;
        try (FileInputStream stream = new FileInputStream(path);
                PDFAParser parser = Foundries.defaultInstance().createParser(stream, flavour);
                PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
            ValidationResult result = validator.validate(parser);
            compliant = result.isCompliant();
            TreeMap<String, Integer> broken = new TreeMap<>();
            for (TestAssertion assertion : result.getTestAssertions()) {
                if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                    broken.merge(describe(assertion), 1, Integer::sum);
                }
            }
            broken.forEach((rule, times) -> System.out.println("-\t" + rule + " (" + times + ")"));
        } catch (Exception error) {
            System.out.println("-\tunreadable: " + error.toString().replaceAll("\\s+", " "));
        }
        System.out.println("=\t" + compliant);
        System.out.flush();
    }

    private static String describe(TestAssertion assertion) {
        return assertion.getRuleId().getClause() + "-" + assertion.getRuleId().getTestNumber() + " "
                + assertion.getMessage().replaceAll("\\s+", " ");
    }
}
