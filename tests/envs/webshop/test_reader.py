"""What is left without the reader of instructions."""

from helpers.readers import assert_lexicon_reads_observations_alone, assert_played_without_reader

from envs.webshop.lexicon import WebShopLexicon


def test_the_lexicon_reads_pages_alone(generated):
    assert_lexicon_reads_observations_alone(generated, list(generated.experts(generated.tasks("train")[:40], seed=0)))


def test_no_wish_is_read_in_the_instruction_that_a_page_repeats():
    page = (
        "Instruction: [SEP] i need a blue scarf, and price lower than 40.00 dollars [SEP] Back to Search [SEP] < Prev "
        "[SEP] color [SEP] blue [SEP] dark blue [SEP] Blue Scarf [SEP] Price: $9.5 [SEP] Rating: N.A. [SEP] Buy Now"
    )
    found = [(mention.name, mention.type) for mention in WebShopLexicon().mentions(page)]
    assert found == [("color", "group"), ("blue", "option"), ("dark blue", "option"), ("$9.5", "price")]


def test_an_episode_without_the_reader(generated, data_dir):
    options = {"data_dir": str(data_dir), "products": 1500, "tagger": "rules"}
    bought = next(one for one in generated.experts(generated.tasks("train")[:5], seed=0) if one.success)
    assert_played_without_reader(generated, options, bought)
