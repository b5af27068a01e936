"""Tasks that name the things themselves, with a language model: it reads, chooses and writes; memory says when."""
