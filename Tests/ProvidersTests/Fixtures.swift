import Crypto
import Deliveries
import Providers
import StrictJSON

extension InboundRequest {
    /// A request with defaults. The time of arrival is 1700000000, the time of the test vectors.
    static func with(
        method: String = "POST", target: String = "/", headers: [HeaderField] = [], body: [UInt8] = [],
        receivedAt: Timestamp = .vectors
    ) -> InboundRequest {
        InboundRequest(
            method: method, target: RequestTarget(target), headers: HeaderFields(headers), body: body,
            peer: "192.0.2.1",
            receivedAt: receivedAt)
    }

    /// The same request with a different body.
    func replacing(body: [UInt8]) -> InboundRequest {
        InboundRequest(method: method, target: target, headers: headers, body: body, peer: peer, receivedAt: receivedAt)
    }

    /// The same request with other headers.
    func replacing(headers: [HeaderField]) -> InboundRequest {
        InboundRequest(
            method: method, target: target, headers: HeaderFields(headers), body: body, peer: peer,
            receivedAt: receivedAt)
    }
}

extension Timestamp {
    /// The time of the test vectors (certn-reference: Test vectors).
    static let vectors = Timestamp(millisecondsSinceEpoch: 1_700_000_000_000)
}

extension ArchivedDelivery {
    /// A delivery that contains this request, as the journal returns it.
    init(of request: InboundRequest, source: String = "source") {
        var generator = SystemRandomNumberGenerator()
        self.init(
            id: DeliveryID(rawValue: 1), uuid: UUIDv7(at: request.receivedAt, using: &generator), source: source,
            request: request, verification: .verified, secretName: nil,
            bodySHA256: Array(SHA256.hash(data: request.body)))
    }
}

extension Provider {
    /// The reports of a body that is sent by POST.
    func parse(body: [UInt8], headers: [HeaderField] = []) -> [ReportContent] {
        parse(ArchivedDelivery(of: .with(headers: headers, body: body))).reports
    }

    /// The reports of a body that is sent by POST.
    func parse(body: String, headers: [HeaderField] = []) -> [ReportContent] {
        parse(body: Array(body.utf8), headers: headers)
    }

    /// The reports of a browser redirect.
    func parse(target: String) -> [ReportContent] {
        parse(ArchivedDelivery(of: .with(method: "GET", target: target))).reports
    }

    /// Verifies with the default tolerance of a configuration.
    func verify(_ request: InboundRequest, with secrets: [Secret]) -> OriginCheck {
        verify(request, with: secrets, toleranceMilliseconds: OriginPolicy.defaultToleranceMilliseconds)
    }
}

extension ReportContent {
    /// The values of a field, in order.
    func values(of name: String) -> [String] {
        fields.filter { $0.name.utf8.elementsEqual(name.utf8) }.map(\.value)
    }
}

/// HMAC-SHA256 of text and bytes, computed without the tested module.
enum TestCode {
    static func hmac(key: String, _ message: [UInt8]) -> [UInt8] { hmac(key: Array(key.utf8), message) }

    static func hmac(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key)))
    }

    static func sha256Hex(_ text: String) -> String {
        Hex.encode(SHA256.hash(data: Array(text.utf8)))
    }
}

extension GenericProvider {
    /// A provider with this scheme and no other settings.
    init(_ scheme: HMACScheme) {
        guard let type = JSONPath("$.type") else { fatalError("$.type is a path") }
        self.init(name: "generic", scheme: scheme, reading: GenericReading(type: .body(type)))
    }
}

extension HMACScheme {
    /// Verifies with a configured provider that has this scheme.
    func verify(_ request: InboundRequest, with secrets: [Secret], toleranceMilliseconds: Int64) -> OriginCheck {
        GenericProvider(self).verify(request, with: secrets, toleranceMilliseconds: toleranceMilliseconds)
    }
}
