"""What each tissue is worth in a CT and in three kinds of MR image."""

import enum
from collections.abc import Mapping

import attrs


class Tissue(enum.Enum):
    """A kind of tissue or material."""

    AIR = "air"
    SKIN = "skin"
    FAT = "fat"
    MUSCLE = "muscle"
    VISCERAL_FAT = "visceral-fat"
    BOWEL = "bowel"
    GAS = "gas"
    LIVER = "liver"
    SPLEEN = "spleen"
    KIDNEY = "kidney"
    LUNG = "lung"
    HEART = "heart"
    ARTERY = "artery"
    VEIN = "vein"
    DISC = "disc"
    NUCLEUS = "nucleus"
    CARTILAGE = "cartilage"
    EPIDURAL_FAT = "epidural-fat"
    CSF = "csf"
    CORD = "cord"
    CORTEX = "cortex"
    MARROW = "marrow"
    OEDEMA = "oedema"
    TUMOUR = "tumour"
    FLUID = "fluid"
    CEMENT = "cement"
    METAL = "metal"
    TABLE = "table"


class MrContrast(enum.Enum):
    """How an MR image is weighted."""

    T1 = "T1"
    T2 = "T2"
    STIR = "STIR"


@attrs.frozen
class Look:
    """One tissue: Hounsfield units, their texture, and MR signals from 0 to 1000."""

    hu: float
    texture_hu: float
    contrast_hu: float
    """With contrast agent in the vessels."""
    t1: float
    t2: float
    stir: float

    def mr(self, contrast: MrContrast) -> float:
        """Return the signal in one kind of MR image."""
        return {MrContrast.T1: self.t1, MrContrast.T2: self.t2, MrContrast.STIR: self.stir}[
            contrast
        ]


# Own knowledge, chosen beside pictures; soft tissue values are usual ones of CT at 120 kV.
LOOKS: Mapping[Tissue, Look] = {
    Tissue.AIR: Look(-1000, 0, -1000, 2, 2, 2),
    Tissue.SKIN: Look(20, 8, 25, 300, 200, 150),
    Tissue.FAT: Look(-102, 9, -102, 850, 620, 60),
    Tissue.MUSCLE: Look(55, 14, 62, 260, 140, 170),
    Tissue.VISCERAL_FAT: Look(-98, 13, -98, 800, 580, 70),
    Tissue.BOWEL: Look(32, 17, 55, 280, 330, 320),
    Tissue.GAS: Look(-880, 0, -880, 4, 4, 4),
    Tissue.LIVER: Look(58, 7, 108, 380, 180, 220),
    Tissue.SPLEEN: Look(50, 6, 118, 320, 300, 420),
    Tissue.KIDNEY: Look(33, 9, 165, 330, 380, 480),
    Tissue.LUNG: Look(-845, 55, -840, 25, 25, 25),
    Tissue.HEART: Look(42, 6, 140, 300, 220, 240),
    Tissue.ARTERY: Look(43, 3, 290, 60, 60, 60),
    Tissue.VEIN: Look(42, 3, 150, 80, 80, 90),
    Tissue.DISC: Look(95, 12, 95, 230, 160, 150),
    Tissue.NUCLEUS: Look(72, 9, 72, 270, 480, 430),
    Tissue.CARTILAGE: Look(85, 5, 85, 300, 260, 260),
    Tissue.EPIDURAL_FAT: Look(-70, 12, -70, 820, 560, 60),
    Tissue.CSF: Look(14, 3, 16, 140, 950, 900),
    Tissue.CORD: Look(38, 4, 40, 330, 260, 300),
    Tissue.CORTEX: Look(1000, 0, 1000, 20, 20, 20),
    Tissue.MARROW: Look(120, 40, 125, 520, 330, 150),
    Tissue.OEDEMA: Look(130, 40, 135, 230, 400, 800),
    Tissue.TUMOUR: Look(48, 10, 70, 210, 420, 700),
    Tissue.FLUID: Look(18, 4, 18, 150, 900, 880),
    Tissue.CEMENT: Look(2100, 260, 2100, 5, 5, 5),
    Tissue.METAL: Look(8000, 0, 8000, 0, 0, 0),
    Tissue.TABLE: Look(-520, 0, -520, 2, 2, 2),
}
