"""The ontology: frequent words, and unknown ones read as the nearest known."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from macla.methods.macla.equations.clusters import clusters
from macla.methods.macla.memory.ontology import Ontology, Translator, frequent_words

DEGREES = {"fire": 0, "kindle": 20, "warm": 60, "mend": 90, "repair": 100, "sell": 180}


class Compass:
    """An encoder in which words are directions."""

    name, dimension = "compass", 2

    def encode(self, texts):
        angles = np.radians([DEGREES[text] for text in texts])
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def translate(text, *known, theta_sim=0.6, by_cluster=False):
    found = clusters(known, Compass().encode(known), theta_sim) if known else {}
    return Translator(Ontology(known, found), Compass(), theta_sim, by_cluster=by_cluster).translate(text)


def test_an_unknown_word_is_replaced_by_the_nearest_known_one_and_nothing_else_changes():
    assert translate("kindle <0>, sell; repair: kindle 1!", "fire", "mend") == "fire <0>, sell; mend: fire 1!"


def test_a_known_word_stays_and_so_does_one_that_nothing_known_comes_near():
    assert translate("kindle sell", "kindle", "fire", "mend") == "kindle sell"
    assert translate("kindle", "fire", theta_sim=0.99) == "kindle"


def test_without_words_nothing_is_translated():
    assert translate("kindle <0>") == "kindle <0>"


def test_what_is_like_a_word_is_its_cluster_and_nothing_for_an_unknown_one():
    ontology = Ontology(("fire",), {"fire": ("kindle",)})
    assert (ontology.alike("fire"), ontology.alike("moon")) == (("kindle",), ())


def test_the_most_frequent_words_come_first_ties_by_the_alphabet_and_single_letters_do_not_count():
    texts = {"Take a cup": 2, "take it from the cup 1": 1, "b c d": 9}
    assert frequent_words(texts, 4) == ("cup", "take", "from", "it")
    assert frequent_words(texts, 1) == ("cup",)
    assert frequent_words({}, 4) == ()


@given(st.dictionaries(st.text(alphabet="abAB 1", max_size=12), st.integers(1, 5), max_size=6), st.integers(1, 9))
def test_frequent_words_depend_on_the_counts_not_on_the_order_of_the_texts(texts, limit):
    backwards = dict(reversed(texts.items()))
    assert frequent_words(texts, limit) == frequent_words(backwards, limit)
    assert len(frequent_words(texts, limit)) <= limit


def test_by_cluster_every_word_becomes_the_most_frequent_one_of_its_cluster():
    assert translate("kindle <0>, sell; repair: fire!", "fire", "repair", "kindle", "mend", by_cluster=True) == (
        "fire <0>, sell; repair: fire!"
    )
    assert translate("kindle mend", "repair", "fire", by_cluster=True) == "fire repair"  # words memory never met, too


def test_near_words_do_not_chain_distant_ones_together():
    known = ("fire", "kindle", "warm", "mend")  # each within 60° of the next, fire and mend are 90° apart
    assert translate("fire kindle warm mend", *known, theta_sim=0.45, by_cluster=True) == "fire fire fire mend"


def test_a_head_heads_itself_and_every_word_of_its_cluster_is_near_it():
    words = tuple(DEGREES)
    ontology = Ontology(words, clusters(words, Compass().encode(words), 0.6))
    heads = ontology.heads()
    assert {*heads} == {*words}
    assert all(heads[head] == head for head in heads.values())
    assert all(word == head or word in ontology.alike(head) for word, head in heads.items())
