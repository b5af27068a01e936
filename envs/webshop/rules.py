"""Fixed rules for WebShop: search the request, open the first product within the price, click the wishes, buy.

They use what the lexicon reads in instruction and pages, and nothing else.
"""

from envs.webshop.lexicon import WebShopLexicon
from macla.benchmarks.lexicon import Mention
from macla.benchmarks.supplied import Script


def script(lexicon: WebShopLexicon, task: str, home: str) -> Script:
    """Shop for one instruction; without any product on the page of results there is nothing more to do."""
    asked = {mention.type: mention.name for mention in lexicon.mentions(task)}
    results = yield f"search[{asked.get('request', task)}]"
    products = list(_priced(lexicon.mentions(results)))
    if not products:
        return
    bound = float(asked.get("price", "inf"))
    chosen = next((product for product, price in products if price <= bound), products[0][0])
    page = yield f"click[{chosen}]"
    instruction_ends = page.find(task) + len(task)
    options = [mention for mention in lexicon.mentions(page) if mention.type == "option"]
    wished = [mention.name for mention in options if mention.start < instruction_ends]
    offered = {mention.name for mention in options if mention.start >= instruction_ends}
    for wish in dict.fromkeys(wished):
        if wish in offered:
            yield f"click[{wish}]"
    yield "click[Buy Now]"


def _priced(mentions: list[Mention]) -> list[tuple[str, float]]:
    """Return the products of a page of results with their prices, in the order shown."""
    prices = [mention for mention in mentions if mention.type == "price"]
    found = []
    for product in (mention for mention in mentions if mention.type == "product"):
        inside = [price for price in prices if product.start <= price.start and price.end <= product.end]
        if inside:
            found.append((product.name, float(inside[0].name.lstrip("$"))))
    return found
