package import Foundation

/// What goes wrong with a delivery on purpose.
package enum Fault: Sendable, Equatable {
    /// Sent once more after it was answered.
    case duplicate
    /// Sent after the next one of its group.
    case reorder
    /// Sent this many seconds later.
    case delay(TimeInterval)
    /// Not sent at all.
    case drop
    /// Signed with a secret that is nobody's.
    case wrongSignature
    /// Signed as of this many seconds ago.
    case staleTime(TimeInterval)

    /// `duplicate`, `reorder`, `delay=2s`, `drop`, `wrong-signature`, `stale=10m`.
    package init?(_ text: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let time = parts.count == 2 ? SandboxQuantity.seconds(parts[1]) : nil
        switch (parts.first, parts.count, time) {
        case ("duplicate", 1, _): self = .duplicate
        case ("reorder", 1, _): self = .reorder
        case ("drop", 1, _): self = .drop
        case ("wrong-signature", 1, _): self = .wrongSignature
        case ("delay", _, let time?): self = .delay(time)
        case ("stale", _, let time?): self = .staleTime(time)
        default: return nil
        }
    }

    package static let spellings = "duplicate, reorder, drop, wrong-signature, delay=2s or stale=10m"

    package var text: String {
        switch self {
        case .duplicate: "duplicate"
        case .reorder: "reorder"
        case .delay(let seconds): "delay=\(SandboxQuantity.text(seconds))"
        case .drop: "drop"
        case .wrongSignature: "wrong-signature"
        case .staleTime(let seconds): "stale=\(SandboxQuantity.text(seconds))"
        }
    }
}

/// Which deliveries a fault befalls, and how many of them.
package struct FaultRule: Sendable, Equatable {
    /// `klavi.pf_checking_account`, `klavi.*`, `*`.
    package let pattern: String
    package let fault: Fault
    /// How many deliveries it befalls still; nil for all to come.
    package var count: Int?

    package func befalls(_ callback: Callback) -> Bool {
        if pattern == "*" { return true }
        let parts = pattern.split(separator: ".", maxSplits: 1)
        guard parts.first.map(String.init) == callback.provider else { return false }
        return parts.count < 2 || parts[1] == "*" || parts[1] == callback.kind
    }
}

/// Sizes and times as people write them.
package enum SandboxQuantity {
    /// 1 GB: the largest body that is asked for.
    package static let byteCountLimit = 1 << 30

    /// `8MB`, `512KB`, `100` (bytes); a K is 1,024. Nil for anything else, and beyond 1 GB.
    package static func byteCount(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let units = ["": 1, "B": 1, "K": 1024, "KB": 1024, "M": 1 << 20, "MB": 1 << 20, "G": 1 << 30, "GB": 1 << 30]
        guard let number = Int(digits), let unit = units[text.dropFirst(digits.count).uppercased()] else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: unit)
        return overflow || product > byteCountLimit ? nil : product
    }

    /// `250ms`, `2s`, `10m`, `3h`, `1d`. Nil for anything else, and beyond ten years.
    package static func seconds(_ text: String) -> TimeInterval? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let units: [String: Double] = ["ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let number = Double(digits), let unit = units[String(text.dropFirst(digits.count))] else { return nil }
        let seconds = number * unit
        return seconds <= 315_360_000 ? seconds : nil
    }

    package static func text(_ seconds: TimeInterval) -> String {
        seconds == seconds.rounded() ? "\(Int(seconds))s" : "\(Int((seconds * 1000).rounded()))ms"
    }
}
