"""The nouns of Calame: frozen values, standard library only.

A stage takes one of these and returns another that offers only the next verbs:
``Recording → Transcript → CheckedText → Draft → ReviewedDraft → SignedDocument → Record``.
"""
