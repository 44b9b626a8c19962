"""The declaration of the view of textures; it is made when it is first shown."""

from __future__ import annotations

from latentlab.qt.views.spec import deferred

SPEC = deferred("texture", "Texture", "latentlab.qt.views.texture.view:TextureView")
