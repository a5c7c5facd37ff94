"""The loss of each way: in general, and with the numbers of this moment."""

from __future__ import annotations

import math

from ...learn.ways.kl_weight import WARM_UP, kl_weight
from ...learn.ways.side_by_side import Frame, Key, PictureFrame
from ..language import decimal, tr
from .formula import Formula, sqrt, var
from .way_pane import name_of


def formulas_of(key: Key, frame: Frame | PictureFrame | None, beta: float) -> tuple[Formula, ...]:
    """`frame`: None before the first one. `beta`: of the VAE."""
    losses = frame.losses if frame is not None else (math.nan, math.nan)
    first, second = (decimal(loss, 3) if math.isfinite(loss) else "–" for loss in losses)
    html, latex = (_OF_PICTURES if isinstance(frame, PictureFrame) else {}).get(key, _LOSSES[key])
    general = Formula(tr("Safelight", "{way}: its aim").format(way=name_of(key)), html, latex)
    match key:
        case "gan":
            now = f"L<sub>D</sub> = <b>{first}</b>, L<sub>G</sub> = <b>{second}</b>", rf"L_D = {first},\; L_G = {second}"
        case "vae":
            weight = decimal(beta if isinstance(frame, PictureFrame) else kl_weight(beta, frame.steps if frame else 0), 3)
            now = f"L = <b>{second}</b> + {weight} · <b>{first}</b>", rf"L = {second} + {weight} \cdot {first}"
        case _:
            now = f"L = <b>{second}</b>", f"L = {second}"
    return general, Formula(tr("Safelight", "With the numbers of this moment"), *now)


_X, _Z, _T, _E = (f"<i>{letter}</i>" for letter in "xztε")
_FIT, _KL = f"L = −E log <i>p</i>({_X}|{_Z})", f"KL(<i>q</i>({_Z}|{_X}) ‖ <i>p</i>({_Z}))"
_FIT_LATEX, _KL_LATEX = r"L = -\mathbb{E}\log p(x|z)", r"\mathrm{KL}(q(z|x)\,\|\,p(z))"
_OF_PICTURES: dict[Key, tuple[str, str]] = {
    "vae": (f"{_FIT} + β · {_KL}", rf"{_FIT_LATEX} + \beta\,{_KL_LATEX}"),
    "diffusion": (
        f"L = min(1 + SNR, 20) ‖{var('x', '0')} − {var('x̂', 'θ')}({var('x', 't')}, {_T})‖²",
        r"L = \min(1 + \mathrm{SNR}, 20)\,\|x_0 - \hat x_\theta(x_t, t)\|^2",
    ),
}
_LOSSES: dict[Key, tuple[str, str]] = {
    "gan": (
        f"min<sub>G</sub> max<sub>D</sub> E log <i>D</i>({_X}) + E log(1−<i>D</i>(<i>G</i>({_Z})))",
        r"\min_G \max_D\; \mathbb{E}\log D(x) + \mathbb{E}\log(1 - D(G(z)))",
    ),
    "vae": (f"{_FIT} + β · min(1, <i>n</i>/{WARM_UP}) · {_KL}", rf"{_FIT_LATEX} + \beta\,\min(1, n/{WARM_UP})\,{_KL_LATEX}"),
    "normalizing_flow": (
        f"L = −log <i>p</i>({_Z}) − log |det ∂{_Z}/∂{_X}|",
        r"L = -\log p(z) - \log\left|\det \partial z / \partial x\right|",
    ),
    "flow_matching": (
        f"L = ‖{_E} − {_X} − <i>v</i><sub>θ</sub>((1 − {_T}){_X} + {_T}{_E}, {_T})‖²",
        r"L = \|\epsilon - x - v_\theta((1-t)x + t\epsilon, t)\|^2",
    ),
    "diffusion": (
        f"L = ‖{_E} − {var('ε', 'θ')}({sqrt('ᾱ<sub>t</sub>')} {var('x', '0')} + {sqrt('1 − ᾱ<sub>t</sub>')} {_E}, {_T})‖²",
        r"L = \|\epsilon - \epsilon_\theta(\sqrt{\bar\alpha_t}\,x_0 + \sqrt{1-\bar\alpha_t}\,\epsilon, t)\|^2",
    ),
}
