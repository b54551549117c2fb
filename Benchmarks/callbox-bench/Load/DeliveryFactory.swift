import Crypto
import Deliveries
import Foundation

/// Creates signed Klavi reports that differ as real reports do. The load generator has a single thread, so creating a
/// report must be cheap.
///
/// The factory creates a pool of whole requests beforehand, up to a byte limit. Each delivery is a request from the
/// pool with a new end:
/// ```
/// head, X-Klavi-Signature ▸ body: ids, person, transactions ‖ report id, trace id, customer
///                                └─ pooled, its HMAC begun ─┘ └─ new for every delivery ──┘
/// ```
/// The factory keeps the HMAC state of the pooled part. A signature therefore costs a few hash blocks for every body
/// size.
struct DeliveryFactory: Sendable {
    static let secret = "klavi-test-secret"

    /// The form of the target in the request line: the path, or the whole URL if the server is a proxy (RFC 9112
    /// §3.2.2).
    enum TargetForm: Sendable {
        case origin
        case absolute
    }

    private struct Entry: Sendable {
        /// The whole request, with zeros in place of the end of its body and of its signature.
        let request: [UInt8]
        let signatureOffset: Int
        let bodyOffset: Int
        let authentication: HMAC<SHA256>
    }

    private let entries: [Entry]
    /// A random number of this process. It prevents two runs on one archive from sending the same deliveries.
    private let salt = UInt64.random(in: 0...UInt64.max)
    /// The average size of a body, in bytes.
    let meanBodyByteCount: Int

    private static let poolByteCountLimit = 64 << 20
    private static let poolCountLimit = 32_768
    private static let end = Array(
        #"]}],"productReportTime":"2026-11-21T10:00:00","productReportId":""#.utf8)
    private static let afterID = Array(#"","externalInfo":{"customerId":"C-"#.utf8)
    private static let beforeTrace = Array(#"","traceId":""#.utf8)
    private static let closing = Array(#""}}"#.utf8)
    private static let endByteCount = end.count + 36 + afterID.count + 6 + beforeTrace.count + 36 + closing.count

    /// - Parameter byteCount: the approximate size of each body. It varies by a quarter, because real reports also
    ///     differ in size.
    init(byteCount: Int, form: TargetForm = .origin, seed: UInt64 = 1) {
        let now = Timestamp(millisecondsSinceEpoch: Int64(Date.now.timeIntervalSince1970 * 1000))
        let count = max(512, min(Self.poolCountLimit, Self.poolByteCountLimit / (byteCount + 400)))
        let key = SymmetricKey(data: Array(Self.secret.utf8))
        entries = (0..<count).map { index in
            var random = SeededGenerator(seed: seed, index: UInt64(index))
            let product = KlaviProduct.all[random.below(KlaviProduct.all.count)]
            var values = SlotValues(
                person: Person(seed: random.next()), milliseconds: now.millisecondsSinceEpoch, seed: random.next())
            var body = ByteText(capacity: byteCount * 3 / 2)
            product.fillBeforeEnd(
                &body, &values, byteCount: byteCount * 7 / 8 + random.below(max(1, byteCount / 4)))
            return Self.entry(product, body.bytes, key, now, form)
        }
        meanBodyByteCount = entries.reduce(0) { $0 + $1.request.count - $1.bodyOffset } / count
    }

    private static func entry(
        _ product: KlaviProduct, _ body: [UInt8], _ key: SymmetricKey, _ now: Timestamp, _ form: TargetForm
    ) -> Entry {
        var authentication = HMAC<SHA256>(key: key)
        authentication.update(data: body)
        var text = ByteText(capacity: body.count + 512)
        text.add(
            "POST \(form == .absolute ? "http://127.0.0.1" : "")\(product.path) HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                + "Accept: application/json, text/plain, */*\r\nContent-Type: application/json\r\n"
                + "User-Agent: axios/1.7.7\r\nX-Klavi-Timestamp: \(now.millisecondsSinceEpoch / 1000)\r\n"
                + "Content-Length: \(body.count + endByteCount)\r\nX-Klavi-Signature: ")
        let signatureOffset = text.count
        text.add(repeatElement(UInt8(ascii: "0"), count: 64))
        text.add("\r\n\r\n")
        let bodyOffset = text.count
        text.add(body)
        text.add(repeatElement(UInt8(ascii: "0"), count: endByteCount))
        return Entry(
            request: text.bytes, signatureOffset: signatureOffset, bodyOffset: bodyOffset,
            authentication: authentication)
    }

    /// Replaces the content of `request` with the whole request of the delivery with this number.
    func write(_ number: UInt64, into request: inout [UInt8]) {
        let index = Int(number % UInt64(entries.count))
        let identity = SeededGenerator.mix(salt &+ number)
        let trace = SeededGenerator.mix(identity)
        var end = ByteText(capacity: Self.endByteCount)
        end.add(Self.end)
        end.addUUID(identity, number)
        end.add(Self.afterID)
        end.addDigits(trace >> 16, count: 6)
        end.add(Self.beforeTrace)
        end.addUUID(trace, identity)
        end.add(Self.closing)
        var authentication = entries[index].authentication
        authentication.update(data: end.bytes)
        request.removeAll(keepingCapacity: true)
        request.append(contentsOf: entries[index].request)
        request.replaceSubrange((request.count - Self.endByteCount)..., with: end.bytes)
        var offset = entries[index].signatureOffset
        for byte in authentication.finalize() {
            request[offset] = Self.hexDigit(byte >> 4)
            request[offset + 1] = Self.hexDigit(byte & 0xf)
            offset += 2
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    /// Returns the delivery with this number, as intake receives it.
    func inboundRequest(_ number: UInt64) -> InboundRequest {
        var request: [UInt8] = []
        write(number, into: &request)
        let entry = entries[Int(number % UInt64(entries.count))]
        let lines = String(decoding: request[..<(entry.bodyOffset - 4)], as: UTF8.self).components(
            separatedBy: "\r\n")
        let fields = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return HeaderField(String(parts[0]), String(parts[1].dropFirst()))
        }
        return InboundRequest(
            method: "POST", target: RequestTarget(lines[0].components(separatedBy: " ")[1]),
            headers: HeaderFields(fields), body: Array(request[entry.bodyOffset...]), peer: "127.0.0.1",
            receivedAt: Timestamp(millisecondsSinceEpoch: Int64(Date.now.timeIntervalSince1970 * 1000)))
    }
}
