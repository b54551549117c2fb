package import Deliveries

/// The signatures and signed values in the headers of a request.
struct HMACClaim {
    /// The signatures, decoded.
    let signatures: [[UInt8]]
    /// The time as it is written, because those bytes are signed; nil if the scheme signs no time.
    let timestampText: String?
    /// Nil if the scheme signs no identifier.
    let id: String?

    var timestamp: Timestamp? { timestampText.flatMap { Timestamp(unixText: $0) } }

    static func read(_ headers: HeaderFields, _ scheme: HMACScheme) -> Result<HMACClaim, OriginCheck.Rejection> {
        let scheme = scheme.named(in: headers)
        let values = headers.values(named: scheme.header)
        guard values.count == 1 else { return .failure(values.isEmpty ? .missing : .repeated) }
        var timestampText = scheme.timestampHeader.flatMap { headers.onlyValue(named: $0) }
        let signatures: [[UInt8]]
        switch scheme.layout {
        case .single(let prefix):
            let text = SignatureText.withoutPrefix(values[0][...], prefix)
            guard let signature = SignatureText.decode(text, scheme) else { return .failure(.malformed) }
            signatures = [signature]
        case .elements(let timeKey, let signatureKey):
            guard let elements = elements(values[0], timeKey, signatureKey, scheme) else { return .failure(.malformed) }
            signatures = elements.signatures
            timestampText = elements.time
        case .list(let prefix, let ignoresOthers):
            guard let found = list(values[0], prefix, ignoresOthers, scheme) else { return .failure(.malformed) }
            signatures = found
        }
        guard (1...HMACScheme.candidateCountLimit).contains(signatures.count) else { return .failure(.malformed) }
        let id = scheme.idHeader.flatMap { headers.onlyValue(named: $0) }
        if scheme.signed.contains(.id), !isUnambiguous(id) { return .failure(.malformed) }
        if scheme.signsTime {
            guard let timestampText, Timestamp(unixText: timestampText) != nil else { return .failure(.malformed) }
        }
        return .success(HMACClaim(signatures: signatures, timestampText: timestampText, id: id))
    }

    /// The bytes before and after the body that are signed with it.
    func surroundings(_ scheme: HMACScheme) -> (before: [UInt8], after: [UInt8]) {
        var before: [UInt8] = []
        var after: [UInt8] = []
        var isBehindBody = false
        for part in scheme.signed {
            let bytes: [UInt8]
            switch part {
            case .body:
                isBehindBody = true
                continue
            case .timestamp: bytes = Array((timestampText ?? "").utf8)
            case .id: bytes = Array((id ?? "").utf8)
            case .text(let text): bytes = Array(text.utf8)
            }
            if isBehindBody { after += bytes } else { before += bytes }
        }
        return (before, after)
    }

    private static func elements(
        _ header: String, _ timeKey: String, _ signatureKey: String, _ scheme: HMACScheme
    ) -> (time: String, signatures: [[UInt8]])? {
        var times: [String] = []
        var signatures: [[UInt8]] = []
        for element in header.split(separator: ",", maxSplits: 64) {
            let parts = element.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            let value = parts[1].trimmingOptionalWhitespace
            let key = parts[0].trimmingOptionalWhitespace
            if key.hasSameBytes(as: timeKey) {
                times.append(String(value))
            } else if key.hasSameBytes(as: signatureKey) {
                guard let signature = SignatureText.decode(value, scheme) else { return nil }
                signatures.append(signature)
            }
        }
        guard times.count == 1 else { return nil }
        return (times[0], signatures)
    }

    private static func list(
        _ header: String, _ prefix: String, _ ignoresOthers: Bool, _ scheme: HMACScheme
    ) -> [[UInt8]]? {
        let isSeparator = { (character: Character) in character == " " || character == "," }
        var signatures: [[UInt8]] = []
        var rest = header.drop(while: isSeparator)
        while !rest.isEmpty {
            let isIgnored = ignoresOthers && !rest.utf8.starts(with: prefix.utf8)
            let entry = SignatureText.withoutPrefix(rest, prefix).prefix { !isSeparator($0) }
            rest = rest[entry.endIndex...].drop(while: isSeparator)
            if isIgnored { continue }
            guard let signature = SignatureText.decode(entry, scheme),
                signatures.count < HMACScheme.candidateCountLimit
            else { return nil }
            signatures.append(signature)
        }
        return signatures
    }

    /// True if an identifier ends at one place only: a dot in it would move the boundary in `id.timestamp.body`.
    private static func isUnambiguous(_ id: String?) -> Bool {
        guard let id, (1...128).contains(id.utf8.count) else { return false }
        return id.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
    }
}

extension Timestamp {
    /// Unix seconds; thirteen digits are milliseconds (certn-reference: Undocumented).
    package init?(unixText: String) {
        guard (1...13).contains(unixText.utf8.count), let number = DecimalText.nonNegative(unixText.utf8) else {
            return nil
        }
        self.init(millisecondsSinceEpoch: unixText.utf8.count == 13 ? number : number * 1000)
    }
}

extension HMACScheme {
    /// The signed time of a request and the header that has it, whether or not the signature is right.
    func signedTime(in headers: HeaderFields) -> (header: String, time: Timestamp)? {
        guard signsTime else { return nil }
        var name = timestampHeader ?? header
        var text = headers.onlyValue(named: name)
        if case .elements(let timeKey, _) = layout {
            name = header
            let elements = headers.onlyValue(named: name)?.split(separator: ",").map {
                $0.split(separator: "=", maxSplits: 1)
            }
            text = elements?.first { $0.count == 2 && $0[0].trimmingOptionalWhitespace == timeKey }.map {
                String($0[1])
            }
        }
        return text.flatMap { Timestamp(unixText: $0) }.map { (name, $0) }
    }
}
