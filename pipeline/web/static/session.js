// Whether the server would hear this page now. What was typed stays on the page until it does.

// Why a form cannot be sent, in French, or "". Takes the fresh token of the session into the form.
export async function obstacle(form) {
  let answer;
  try {
    answer = await fetch("/session", { headers: { accept: "application/json" } });
  } catch {
    return "Calame ne répond pas. Votre texte est toujours là : réessayez dans un instant.";
  }
  if (answer.status === 401) {
    return "Votre session a expiré. Votre texte est toujours là : connectez-vous dans un autre onglet, puis recommencez ici.";
  }
  if (!answer.ok) return "Calame ne peut pas enregistrer maintenant. Votre texte est toujours là : réessayez.";
  const { login, csrf } = await answer.json();
  if (login !== document.body.dataset.login) {
    return "Une autre personne s'est connectée dans ce navigateur. Reconnectez-vous dans un autre onglet, puis recommencez ici.";
  }
  form.elements.csrf.value = csrf;
  return "";
}
