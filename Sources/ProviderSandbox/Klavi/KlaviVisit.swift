internal import Foundation

/// The one visit that a consent page's address allows.
struct KlaviVisit: Sendable {
    let consentID: String
    let expiresAt: Date
    /// Whether it was opened; its form can be sent from then on.
    var isOpened = false
}
