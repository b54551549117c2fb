internal import Foundation
internal import StrictJSON

/// A deliberate fault in a delivery (docs/sandbox.md).
struct Fault: Sendable, Equatable {
    enum Name: String {
        case duplicate, reorder, drop, delay, stale
        case wrongSignature = "wrong-signature"
    }

    static let spellings = "duplicate, reorder, drop, wrong-signature, delay=2s or stale=10m"

    let name: Name
    /// The duration of `delay` and `stale` in seconds; 0 for other faults.
    let seconds: TimeInterval
    let text: String

    /// Nil if the text is not one of `spellings`.
    init?(_ text: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let name = Name(rawValue: parts[0]), (name == .delay || name == .stale) == (parts.count == 2),
            let seconds = Quantity.seconds(parts.count == 2 ? parts[1] : "0s")
        else { return nil }
        (self.name, self.seconds, self.text) = (name, seconds, text)
    }
}

/// The deliveries to which a fault applies, and their maximum number.
struct FaultRule: Sendable, Equatable {
    /// A pattern for the provider and type: `klavi.pf_checking_account`, `klavi.*` or `*`.
    let pattern: String
    let fault: Fault
    var count: Int?

    func applies(to callback: Callback) -> Bool {
        ["*", "\(callback.provider).*", "\(callback.provider).\(callback.type)"].contains(pattern)
    }

    var json: JSON {
        ["on": "\(pattern)", "fault": "\(fault.text)", "count": count.map { .integer($0) } ?? .null]
    }
}
