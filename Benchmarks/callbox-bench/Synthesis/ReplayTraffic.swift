import Crypto
import Deliveries
import Foundation

/// Invented deliveries for an archive. The number of a delivery determines its content.
protocol ArchiveTraffic: Sendable {
    var seed: UInt64 { get }
    var deliveryCount: Int { get }

    /// Returns the delivery with this number. The first number is 0.
    func delivery(_ index: Int) -> SyntheticDelivery
}

extension SyntheticTraffic: ArchiveTraffic {}

/// Signed deliveries of Klavi, Certn and Standard Webhooks in turn. Each delivery has a different body of 2 KB.
struct ReplayTraffic: ArchiveTraffic {
    let seed: UInt64
    let deliveryCount: Int
    /// The time from the first arrival to each arrival, in milliseconds.
    let offsets: [Int64]

    private static let bodyByteCount = 2048

    /// - Parameter intervals: the range of the times between two arrivals, in milliseconds.
    init(deliveryCount: Int, intervals: ClosedRange<Int>, seed: UInt64 = 9) {
        var random = SeededGenerator(seed: seed)
        var offset: Int64 = 0
        offsets = (0..<deliveryCount).map { index in
            if index > 0 { offset += Int64(intervals.lowerBound + random.below(intervals.count)) }
            return offset
        }
        self.seed = seed
        self.deliveryCount = deliveryCount
    }

    func delivery(_ index: Int) -> SyntheticDelivery {
        let recipe = SignatureRecipe.allCases[index % SignatureRecipe.allCases.count]
        let receivedAt = SyntheticTraffic.today.advanced(byMilliseconds: -3_600_000 + offsets[index])
        let body = body(index)
        let signature = recipe.headers(
            id: "msg_\(index)", seconds: Int(receivedAt.millisecondsSinceEpoch / 1000), body)
        let headers =
            [("Host", "127.0.0.1"), ("Content-Type", "application/json")] + signature.map { ($0.name, $0.value) }
        return SyntheticDelivery(
            source: recipe.source,
            request: InboundRequest(
                method: "POST", target: RequestTarget("/\(recipe.source)"),
                headers: HeaderFields(headers.map { HeaderField($0.0, $0.1) }), body: body, peer: "127.0.0.1",
                receivedAt: receivedAt))
    }

    /// The SHA-256 of each body, in the order of the deliveries.
    var digests: [[UInt8]] {
        (0..<deliveryCount).map { Array(SHA256.hash(data: body($0))) }
    }

    private func body(_ index: Int) -> [UInt8] {
        var random = SeededGenerator(seed: seed, index: UInt64(index))
        var text = ByteText(capacity: Self.bodyByteCount)
        text.add(#"{"id":"bench-"#)
        text.addNumber(UInt64(index))
        text.add(#"","type":"bench.created","data":""#)
        while text.count < Self.bodyByteCount - 18 { text.addHex(random.next(), count: 16) }
        text.add(#""}"#)
        return text.bytes
    }
}
