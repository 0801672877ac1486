"""Captions: reStructuredText with Jinja expressions, as Snakemake's reports have them, to HTML."""

from types import SimpleNamespace

import jinja2
from docutils import nodes
from docutils.core import publish_parts
from docutils.readers import standalone
from docutils.transforms import Transform
from docutils.writers import html5_polyglot
from markupsafe import Markup

from patchprobe.errors import PatchprobeError

_TEMPLATES = jinja2.Environment(trim_blocks=True, lstrip_blocks=True)  # as Snakemake's
# A note from the configuration is part of a caption: it must neither read files nor write HTML.
_SETTINGS = {
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "_disable_config": True,
    "doctitle_xform": False,
    "initial_header_level": 4,
    "math_output": "MathML",
    "report_level": 5,
    "halt_level": 5,
    "smart_quotes": False,
}
_SCHEMES = ("http", "https", "mailto")


class CaptionError(PatchprobeError):
    """A caption that cannot be filled in."""


def html(text, config, params, prefix):
    """A caption as an HTML fragment.

    Parameters
    ----------
    text : str
        reStructuredText with Jinja expressions of `snakemake.config` and `snakemake.params`.
    config, params : dict
    prefix : str
        Of the ids in the fragment, which are unique in the page.

    Returns
    -------
    markupsafe.Markup

    Raises
    ------
    CaptionError
        If an expression names what is not there.
    """
    given = SimpleNamespace(config=config, params=SimpleNamespace(**params))
    try:
        filled = _TEMPLATES.from_string(text).render(snakemake=given)
    except (jinja2.TemplateError, AttributeError, LookupError, TypeError) as error:
        raise CaptionError(
            f"The caption that begins with {text[:60]!r} cannot be filled in: {error}. Its "
            "expressions may use snakemake.config and, of snakemake.params, note, representations "
            "and arguments."
        ) from error
    parts = publish_parts(
        filled,
        reader=_Reader(),
        writer=html5_polyglot.Writer(),
        settings_overrides={**_SETTINGS, "id_prefix": f"{prefix}-"},
    )
    return Markup(parts["body"].strip())


class _Defused(Transform):
    """Replace pictures, which would be fetched, and links that are no addresses, by their text."""

    default_priority = 900  # when all references are resolved

    def apply(self):
        for image in list(self.document.findall(nodes.image)):
            image.replace_self(nodes.inline("", image.get("alt", "")))
        for link in list(self.document.findall(nodes.reference)):
            scheme, colon, _ = link.get("refuri", "").partition(":")
            if colon and scheme.casefold() not in _SCHEMES:
                link.replace_self(nodes.inline("", link.astext()))


class _Reader(standalone.Reader):
    def get_transforms(self):
        return [*super().get_transforms(), _Defused]
