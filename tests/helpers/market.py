"""A market where tasks name things outright: what the method learns about such tasks can be proved here in seconds.

Each stall sells one kind of goods in several colours, one ware a line with its tag. A stall may be closed and opens
at a knock. What is planted: ask stall after stall until the goods are seen; knock when it is closed; take a ware of the
colour asked for that costs no more than the limit; then pay.
"""

import re
from random import Random

from macla.benchmarks.lexicon import Command, Mention
from macla.benchmarks.trajectory import Outcome, Step, Trajectory

GOODS = ("cup", "lamp", "rug")
COLOURS = ("red", "blue", "green", "black")
CLOSED, UNKNOWN = "The stall is closed.", "Nobody understands you."
_GRAMMAR = re.compile(r"(ask|knock|take) (.+)")
_WARE = re.compile(r"(T\d+), (\w+) (\w+), (\d+) coins")
_LIMIT = re.compile(r"at most (\d+) coins")
_STALL = re.compile(r"stall \d")


class MarketLexicon:
    def mentions(self, text):
        found = [Mention(m[0], "stall", *m.span()) for m in _STALL.finditer(text)]
        found += [Mention(m[1], "limit", *m.span(1)) for m in _LIMIT.finditer(text)]
        for m in _WARE.finditer(text):
            found += [Mention(m[1], "ware", *m.span()), Mention(m[4], "price", *m.span(4))]
        for kind, names in (("colour", COLOURS), ("goods", GOODS)):
            for name in names:
                found += [Mention(name, kind, *m.span()) for m in re.finditer(rf"\b{name}\b", text)]
        return sorted(found, key=lambda mention: (mention.start, -mention.end))

    def parse(self, action):
        if action == "pay":
            return Command("pay", ())
        match = _GRAMMAR.fullmatch(action)
        return Command(f"{match[1]} {{}}", (match[2],)) if match else None

    def render(self, command):
        return command.verb.format(*command.arguments)

    def rejected(self, feedback):
        return feedback == UNKNOWN


class Market:
    """One task; also its environment."""

    def __init__(self, seed):
        rng = Random(seed)
        self.id = f"market-{seed}"
        self.goods, self.colour, self.limit = rng.choice(GOODS), rng.choice(COLOURS), rng.randint(8, 15)
        self.task = f"Buy a {self.colour} {self.goods} for at most {self.limit} coins."
        sold = rng.sample(GOODS, 3)
        self.stalls = {f"stall {n}": kind for n, kind in enumerate(sold, 1)}
        self.closed_at_first = {name for name in self.stalls if rng.random() < 0.4}
        tags = iter(rng.sample(range(10, 100), 30))
        self.wares = {
            name: [(f"T{next(tags)}", rng.choice(COLOURS), rng.randint(1, 25)) for _ in range(6)]
            for name in self.stalls
        }
        right = next(name for name, kind in self.stalls.items() if kind == self.goods)
        self.wares[right][rng.randrange(6)] = (f"T{next(tags)}", self.colour, rng.randint(2, self.limit))

    def fits(self, tag):
        for name, wares in self.wares.items():
            for its, colour, price in wares:
                if its == tag:
                    return self.stalls[name] == self.goods and colour == self.colour and price <= self.limit
        return False

    def reset(self, *, seed=None):
        self.closed, self.taken = set(self.closed_at_first), None
        return "You see stall 1, stall 2, and stall 3.", self._info(False)

    def step(self, action):
        command = MarketLexicon().parse(action)
        verb, argument = (
            (command.verb.split()[0], command.arguments[0] if command.arguments else "") if command else "- "
        )
        if verb == "pay":
            return "You pay.", float(self.fits(self.taken)), True, False, self._info(self.fits(self.taken))
        return self._answer(verb, argument), 0.0, False, False, self._info(False)

    def close(self):
        pass

    def _answer(self, verb, argument):
        if verb == "knock" and argument in self.stalls:
            self.closed.discard(argument)
            return "It opens."
        if verb == "ask" and argument in self.stalls:
            if argument in self.closed:
                return CLOSED
            kind = self.stalls[argument]
            return "\n".join(f"{tag}, {colour} {kind}, {price} coins" for tag, colour, price in self.wares[argument])
        if verb == "take" and argument.startswith("T"):
            self.taken = argument
            return "You take it."
        return UNKNOWN

    def _info(self, success):
        return {"task": self.task, "task_type": "", "success": success, "score": float(success)}


class StingyMarket(Market):
    """A market as any other, but nobody is content who spent more than half of what was allowed."""

    def __init__(self, seed):
        super().__init__(seed)
        rng = Random(-1 - seed)
        right = next(name for name, kind in self.stalls.items() if kind == self.goods)
        for place, price in zip(rng.sample(range(6), 4), (self.limit, self.limit - 1, 2, self.limit // 2), strict=True):
            self.wares[right][place] = (self.wares[right][place][0], self.colour, price)

    def fits(self, tag):
        price = next((price for wares in self.wares.values() for its, _, price in wares if its == tag), 0)
        return super().fits(tag) and 2 * price <= self.limit


def expert(market):
    """Return how someone shops who knows the market's ways."""
    first, _ = market.reset()
    steps = []

    def act(action):
        observation, reward, *_ = market.step(action)
        steps.append(Step(action=action, observation=observation, reward=reward))
        return observation

    for name, kind in market.stalls.items():
        if act(f"ask {name}") == CLOSED:
            act(f"knock {name}")
            act(f"ask {name}")
        if kind == market.goods:
            act(f"take {next(tag for tag, *_ in market.wares[name] if market.fits(tag))}")
            break
    act("pay")
    return Trajectory(
        task_id=market.id,
        task=market.task,
        first_observation=first,
        steps=tuple(steps),
        outcome=Outcome.SUCCESS,
        score=1.0,
    )
