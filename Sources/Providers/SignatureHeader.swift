internal import Deliveries

/// A header that holds one HMAC-SHA256 of the body.
struct SignatureHeader {
    private let name: String

    init(_ name: String) {
        self.name = name
    }

    /// Checks the header's value, read by `decode`, against every secret.
    func check(
        _ request: InboundRequest, with secrets: [Secret], decode: (Substring) -> [UInt8]?
    ) -> OriginCheck {
        let values = request.headers.values(named: name)
        let signature = values.count == 1 ? decode(values[0][...]) : nil
        let match = ConstantTime.secret(
            among: secrets, body: request.body, candidates: signature.map { [$0] } ?? [])
        if let match { return .verified(secretName: match.name) }
        switch values.count {
        case 0: return .failed(.missing)
        case 1: return .failed(signature == nil ? .malformed : .mismatch)
        default: return .failed(.repeated)
        }
    }
}
