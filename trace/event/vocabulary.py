"""Terms of the Core Business Vocabulary 2.0 in their four spellings: bare word, CURIE, URN of EPCIS 1.x, web URI (pure)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

CBV: Final = "https://ref.gs1.org/cbv/"
GS1: Final = "https://gs1.org/voc/"
EPCIS: Final = "https://ref.gs1.org/epcis/"
# What the EPCIS context defines without the document saying so.
STANDARD_PREFIXES: Final = {
    "cbv": CBV,
    "cbvmda": "urn:epcglobal:cbv:mda:",
    "dcterms": "http://purl.org/dc/terms/",
    "epcis": EPCIS,
    "gs1": GS1,
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


@dataclass(frozen=True)
class Terms:
    """One list of terms with the stems of its longer spellings; an empty ``urn`` stem means there is none."""

    name: str
    words: frozenset[str]
    uri: str
    curie: str
    urn: str = ""
    _uris: dict[str, str] = field(default_factory=dict, compare=False)
    _bare: dict[str, str] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        self._uris.update((word, self.uri + word) for word in self.words)
        stems = [self.uri, self.curie, *([self.urn] if self.urn else [])]
        if self.uri == GS1:
            stems += ["https://ref.gs1.org/voc/", "https://www.gs1.org/voc/", "http://gs1.org/voc/"]
        self._bare.update((stem + word, word) for stem in stems for word in self.words)

    def to_uri(self, text: str) -> str:
        """The web URI of a bare word or URN of this list; anything else unchanged."""
        found = self._uris.get(text)
        if found is None and self.urn and text.startswith(self.urn):
            return self.uri + text[len(self.urn) :]
        return found or text

    def to_word(self, text: str) -> str:
        """The bare word for any spelling of a term of this list; anything else unchanged."""
        return self._bare.get(text, text)

    def to_urn(self, text: str) -> str:
        """The URN of EPCIS 1.x for any spelling of a term of this list; anything else unchanged."""
        word = self.to_word(text)
        return self.urn + word if self.urn and word in self.words else text

    def to_curie(self, text: str) -> str:
        """The compact form (``cbv:BizStep-shipping``) for any spelling of a term of this list; else unchanged."""
        word = self.to_word(text)
        return self.curie + word if word in self.words else text


BIZ_STEP = Terms(
    "bizStep",
    _words(
        "accepting arriving assembling collecting commissioning consigning creating_class_instance cycle_counting"
        " decommissioning departing destroying disassembling dispensing encoding entering_exiting holding inspecting"
        " installing killing loading other packing picking receiving removing repackaging repairing replacing reserving"
        " retail_selling sampling sensor_reporting shipping staging_outbound stock_taking stocking storing transporting"
        " unloading unpacking void_shipping"
    ),
    CBV + "BizStep-",
    "cbv:BizStep-",
    "urn:epcglobal:cbv:bizstep:",
)
DISPOSITION = Terms(
    "disposition",
    _words(
        "active available completeness_inferred completeness_verified conformant container_closed container_open"
        " damaged destroyed dispensed disposed encoded expired in_progress in_transit inactive mismatch_class"
        " mismatch_instance mismatch_quantity needs_replacement no_pedigree_match non_conformant non_sellable_other"
        " partially_dispensed recalled reserved retail_sold returned sellable_accessible sellable_not_accessible"
        " stolen unavailable unknown"
    ),
    CBV + "Disp-",
    "cbv:Disp-",
    "urn:epcglobal:cbv:disp:",
)
TRANSACTION_TYPE = Terms(
    "bizTransaction",
    _words("bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt"),
    CBV + "BTT-",
    "cbv:BTT-",
    "urn:epcglobal:cbv:btt:",
)
PARTY_TYPE = Terms(
    "sourceDest",
    _words("owning_party possessing_party location"),
    CBV + "SDT-",
    "cbv:SDT-",
    "urn:epcglobal:cbv:sdt:",
)
ERROR_REASON = Terms(
    "errorReason",
    _words("did_not_occur incorrect_data"),
    CBV + "ER-",
    "cbv:ER-",
    "urn:epcglobal:cbv:er:",
)
COMPONENT = Terms(
    "component",
    _words(
        "x y z axial_distance azimuth height spherical_radius polar_angle elevation_angle easting northing latitude"
        " longitude altitude"
    ),
    CBV + "Comp-",
    "cbv:Comp-",
)
MEASUREMENT = Terms(
    "measurement",
    _words(
        "AbsoluteHumidity AbsorbedDose AbsorbedDoseRate Acceleration Radioactivity Altitude AmountOfSubstance"
        " AmountOfSubstancePerUnitVolume Angle AngularAcceleration AngularMomentum AngularVelocity Area Capacitance"
        " Conductance Conductivity Count Density Dimensionless DoseEquivalent DoseEquivalentRate DynamicViscosity"
        " ElectricCharge ElectricCurrent ElectricCurrentDensity ElectricFieldStrength Energy Exposure Force Frequency"
        " Illuminance Inductance Irradiance KinematicViscosity Length LinearMomentum Luminance LuminousFlux"
        " LuminousIntensity MagneticFlux MagneticFluxDensity MagneticVectorPotential Mass MassConcentration"
        " MassFlowRate MassPerAreaTime MemoryCapacity MolalityOfSolute MolarEnergy MolarMass MolarVolume Power Pressure"
        " RadiantFlux RadiantIntensity RelativeHumidity Resistance Resistivity SolidAngle SpecificVolume Speed"
        " SurfaceDensity SurfaceTension Temperature Time Torque Voltage Volume VolumeFlowRate VolumeFraction"
        " VolumetricFlux Wavenumber"
    ),
    GS1,
    "gs1:",
)
ALERT = Terms("alert", frozenset(("ALARM_CONDITION", "ERROR_CONDITION")), GS1, "gs1:")

_URN_LISTS = (BIZ_STEP, DISPOSITION, TRANSACTION_TYPE, PARTY_TYPE, ERROR_REASON)


def from_urn(text: str) -> str:
    """The web URI of any CBV 1.x term (``urn:epcglobal:cbv:bizstep:…``), wherever it stands; anything else unchanged."""
    for terms in _URN_LISTS:
        if text.startswith(terms.urn):
            return terms.uri + text[len(terms.urn) :]
    return text
