import Deliveries

/// An invented stream of deliveries. The number of a delivery determines its content.
struct SyntheticTraffic: Sendable {
    /// The types of deliveries in the stream.
    enum Mix: Sendable {
        /// The deliveries of all providers, in a ratio that a lender with background checks might receive.
        case everything
        /// Only Klavi's product reports.
        case products
    }

    let seed: UInt64
    let mix: Mix
    /// The approximate size of Klavi's product reports, in bytes. Other reports have a fixed size.
    let bodyByteCount: Int
    let deliveryCount: Int
    /// The arrival time of the last delivery. The other arrivals are spread evenly over the `days` days before this
    /// time.
    let end: Timestamp
    let days: Int

    /// Creates the stream of this seed with `reportCount` reports or up to two more reports.
    init(reportCount: Int, seed: UInt64, mix: Mix = .everything, bodyByteCount: Int, end: Timestamp, days: Int = 30) {
        self.seed = seed
        self.mix = mix
        self.bodyByteCount = bodyByteCount
        self.end = end
        self.days = days
        var deliveries = 0
        var reports = 0
        while reports < reportCount {
            reports += Self.shape(seed, mix, deliveries).reportCount
            deliveries += 1
        }
        deliveryCount = deliveries
    }

    func receivedAt(_ index: Int) -> Timestamp {
        let span = Int64(days) * 86_400_000
        return end.advanced(byMilliseconds: -span + span / Int64(max(1, deliveryCount)) * Int64(index + 1))
    }

    /// Returns the delivery with this number. The first number is 0.
    func delivery(_ index: Int) -> SyntheticDelivery {
        let shape = Self.shape(seed, mix, index)
        // A retry repeats the bytes of an earlier delivery.
        let original = shape == .retry ? Self.original(seed, mix, index) : index
        var values = SlotValues(
            person: person(original), milliseconds: receivedAt(original).millisecondsSinceEpoch,
            seed: SeededGenerator.mix(seed ^ UInt64(original) &* 0xd6e8_feb8_6659_fd93))
        return Self.shape(seed, mix, original).fill(&values, byteCount: byteCount(original), at: receivedAt(index))
    }

    /// Returns the person of a delivery. About six consecutive deliveries refer to the same person.
    func person(_ index: Int) -> Person {
        Person(seed: SeededGenerator.mix(seed &+ UInt64(index / 6) &* 0xa076_1d64_78bd_642f))
    }

    /// Returns a size between three quarters and five quarters of `bodyByteCount`.
    private func byteCount(_ index: Int) -> Int {
        var random = SeededGenerator(seed: seed &+ 1, index: UInt64(index))
        return bodyByteCount * 3 / 4 + random.below(max(1, bodyByteCount / 2))
    }

    private static func original(_ seed: UInt64, _ mix: Mix, _ index: Int) -> Int {
        var index = index
        while index > 0, shape(seed, mix, index) == .retry { index -= 1 }
        return index
    }

    private static func shape(_ seed: UInt64, _ mix: Mix, _ index: Int) -> DeliveryShape {
        var random = SeededGenerator(seed: seed, index: UInt64(index))
        // The first delivery cannot repeat an earlier delivery.
        if mix == .products || index == 0 { return .product(random.below(KlaviProduct.all.count)) }
        switch random.below(100) {
        case ..<18: return .product(0)
        case ..<28: return .product(1)
        case ..<34: return .product(2)
        case ..<37: return .product(3)
        case ..<40: return .failedReport
        case ..<48: return .linkCreated
        case ..<56: return .consent
        case ..<66: return .productGenerated
        case ..<70: return .consentRevoked
        case ..<72: return .klaviRedirect
        case ..<80: return .applicant
        case ..<88: return .notification(random.below(CertnShapes.notifications.count))
        case ..<94: return .certificate(random.below(CertificallShapes.certificates.count))
        case ..<99: return .magicLink
        default: return .retry
        }
    }
}
