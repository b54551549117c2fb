package import Deliveries

/// The reasons why a value cannot be shown.
///
/// **The rule of this module: it shows the values of an archive as tables, JSON and CSV.** It does not depend on the
/// command line or swift-argument-parser. The caller parses flags and passes formats, limits and the provider catalog.
package enum PresentationError: Error, Equatable {
    /// The archive has no delivery with this ID.
    case noDelivery(DeliveryID)
    /// The delivery has `reportCount` reports, and none of them has this number.
    case noReport(DeliveryID, ordinal: Int, reportCount: Int)
    /// A part of a body was requested, but the body is not a JSON array.
    case notAnArray(DeliveryID)
    /// A part was requested, but the JSON array has only `partCount` elements.
    case noPart(DeliveryID, partCount: Int)
    /// The body is not text, so personal data in it cannot be masked.
    case notMaskable(DeliveryID)
    /// A report has no member with this name.
    case unknownMember(String, known: [String])
    /// A member was selected twice.
    case memberNamedTwice(String)
}
