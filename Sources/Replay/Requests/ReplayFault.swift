internal import Deliveries

/// A simulated fault between a provider and its receiver.
package enum ReplayFault: Sendable, Equatable, Codable {
    /// The request is sent a second time after the response to the first has arrived.
    case duplicate
    /// Requests are sent in a different order.
    case reorder
    case delay(Duration)
    /// The body is truncated, but the request keeps the signature of the whole body.
    case truncate
    /// The signature is two hours old.
    case expired
    /// The request is signed with a different secret.
    case wrongSecret
    /// The request is not sent.
    case drop

    package static let names = "duplicate, reorder, delay=<duration>, truncate, expired, wrong-secret or drop"

    /// The age of an expired signature in milliseconds. Providers accept an age of a few minutes.
    static let expiredSignatureAge: Int64 = 7_200_000

    /// - Parameter duration: parses a duration such as `2s` or `500ms`.
    package init?(_ text: String, duration: (String) -> Duration?) {
        switch text {
        case "duplicate": self = .duplicate
        case "reorder": self = .reorder
        case "truncate": self = .truncate
        case "expired": self = .expired
        case "wrong-secret": self = .wrongSecret
        case "drop": self = .drop
        default:
            guard text.hasPrefix("delay="), let delay = duration(String(text.dropFirst("delay=".count))),
                delay >= .zero, delay <= .seconds(600)
            else { return nil }
            self = .delay(delay)
        }
    }

    package var name: String {
        switch self {
        case .duplicate: "duplicate"
        case .reorder: "reorder"
        case .delay: "delay"
        case .truncate: "truncate"
        case .expired: "expired"
        case .wrongSecret: "wrong-secret"
        case .drop: "drop"
        }
    }

    /// True if the request needs a new signature.
    package var isSigned: Bool { self == .expired || self == .wrongSecret }
}

/// The faults of a run. Plans with the same seed affect the same items, so a run can be repeated and resumed.
package struct FaultPlan: Sendable, Equatable, Codable {
    package var faults: [ReplayFault] = []
    /// The percentage of items that each fault affects.
    package var percent = 100
    package var seed: UInt64 = 1

    package init() {}

    func faults(at item: Int) -> [ReplayFault] {
        faults.filter { $0 != .reorder && number($0.name, item) % 100 < UInt64(clamping: percent) }
    }

    /// The order in which the items of one repetition are sent.
    func order(count: Int) -> [Int] {
        guard faults.contains(.reorder) else { return Array(0..<count) }
        var order = Array(0..<count)
        // The affected items exchange places with each other.
        let met = order.filter { number("reorder", $0) % 100 < UInt64(clamping: percent) }
        for last in stride(from: met.count - 1, to: 0, by: -1) {
            let other = Int(clamping: number("place", last) % UInt64(last + 1))
            order.swapAt(met[last], met[other])
        }
        return order
    }

    /// The length to which a body is truncated. Always shorter than the whole body, unless the body is empty.
    func cut(_ byteCount: Int, at item: Int) -> Int {
        byteCount > 0 ? Int(clamping: number("cut", item) % UInt64(byteCount)) : 0
    }

    /// SplitMix64's mixing function (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
    private func number(_ purpose: String, _ item: Int) -> UInt64 {
        var state = seed
        for value in purpose.utf8.map(UInt64.init) + [UInt64(clamping: item)] {
            state = (state ^ value) &+ 0x9e37_79b9_7f4a_7c15
            state = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
            state = (state ^ (state >> 27)) &* 0x94d0_49bb_1331_11eb
            state ^= state >> 31
        }
        return state
    }
}
