"""What is asked of many nodes at once is what each of them says when asked alone."""

from __future__ import annotations

from cleanpage.sources.html import HtmlReading
from cleanpage.structure.structure import Structure

PAGE = """<title>Eels</title><body>Before <div></div><div id=a>Eels <b>are back</b> in the <a href=/x>River Arn</a>.
<p>Two words</p><script>var hidden = 1</script> after</div><ul><li><a href=/y>One</a><li>  <li>Two <i>and</i> more</ul>
<p>Sign up for our <em>newsletter</em></p> last words"""


def test_words_links_and_clutter_of_many_nodes() -> None:
    page = HtmlReading(PAGE).page
    structure = Structure(page)
    nodes = [*range(len(page)), *(~t for t in range(len(page.texts)))]
    assert page.words_of(nodes) == [page.words(node) for node in nodes]
    assert page.link_shares_of(nodes) == [page.link_share(node) for node in nodes]
    assert structure.clutter_of(nodes) == [structure.clutter(structure.blocks.within(node)) for node in nodes]
    assert len(set(structure.clutter_of(nodes))) > 3, "the page has blocks that look different"


def test_a_page_without_text_is_no_clutter() -> None:
    structure = Structure(HtmlReading("<div></div>").page)
    assert structure.clutter_of(range(len(structure.page))) == [0.0] * len(structure.page)
