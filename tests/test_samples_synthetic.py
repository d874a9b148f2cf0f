"""Page texts without pages: repeatable, with the shape of real ones."""

import re
from collections import Counter

from samples.synthetic import WORDS, pages


def test_the_same_seed_gives_the_same_pages_and_the_first_of_more() -> None:
    assert list(pages(5, 1)) == list(pages(8, 1))[:5]
    assert list(pages(5, 1)) != list(pages(5, 2))


def test_pages_have_words_in_lines_inside_the_page() -> None:
    for page in pages(3, 1):
        assert len(page.words) == WORDS
        lines = [word.line for word in page.words]
        assert lines == sorted(lines)
        assert set(lines) == set(range(30))
        assert all(
            word.box.x > 0 and word.box.x + word.box.w < 1 and word.box.y + word.box.h < 1
            for word in page.words
        )
        assert 0.8 <= page.confidence <= 1


def test_few_words_are_frequent_and_many_are_rare() -> None:
    counts = Counter(word.text for page in pages(300, 1) for word in page.words)
    assert sum(n for _, n in counts.most_common(20)) > 0.25 * counts.total()
    assert len(counts) > 10_000
    assert sum(1 for n in counts.values() if n == 1) > 1000


def test_every_page_has_a_number_and_a_date() -> None:
    for page in pages(50, 3):
        text = " ".join(word.text for word in page.words)
        assert re.search(r"Nomor \S*\d", text)
        assert re.search(r"\b\d{1,2}( [A-Z][a-z]+ |[-/]\d\d[-/])\d{4}", text)
