"""Commands that are put together from parts: which parts a wording calls for, and what fills them."""
