package import Deliveries

/// The signatures and signed values that the headers of a request contain.
struct HMACClaim {
    /// The decoded signatures.
    let signatures: [[UInt8]]
    /// The text of the signed time; the signature covers its bytes. Nil if the scheme signs no time.
    let timestampText: String?
    /// The signed identifier; nil if the scheme does not sign an identifier.
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
            let text = SignatureText.withoutPrefix(values[0][...].utf8, prefix)
            guard let signature = SignatureText.decode(text, scheme) else { return .failure(.malformed) }
            signatures = [signature]
        case .elements(let timeKey, let signatureKey):
            guard let elements = elements(values[0][...].utf8, timeKey, signatureKey, scheme) else {
                return .failure(.malformed)
            }
            signatures = elements.signatures
            timestampText = elements.time
        case .list(let prefix, let ignoresOthers):
            guard let found = list(values[0][...].utf8, prefix, ignoresOthers, scheme) else {
                return .failure(.malformed)
            }
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

    /// The signed bytes before and after the body.
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
        _ header: Substring.UTF8View, _ timeKey: String, _ signatureKey: String, _ scheme: HMACScheme
    ) -> (time: String, signatures: [[UInt8]])? {
        var times: [String] = []
        var signatures: [[UInt8]] = []
        for (key, value) in pairs(header) {
            if key.elementsEqual(timeKey.utf8) {
                times.append(String(Substring(value)))
            } else if key.elementsEqual(signatureKey.utf8) {
                guard let signature = SignatureText.decode(value, scheme) else { return nil }
                signatures.append(signature)
            }
        }
        guard times.count == 1 else { return nil }
        return (times[0], signatures)
    }

    /// The elements of `key=value,key=value`, at most 65, without the blanks around keys and values.
    fileprivate static func pairs(
        _ header: Substring.UTF8View
    ) -> [(key: Substring.UTF8View, value: Substring.UTF8View)] {
        header.split(separator: UInt8(ascii: ","), maxSplits: 64).compactMap { element in
            guard let mark = element.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            let value = element[element.index(after: mark)...]
            return (element[..<mark].trimmingOptionalWhitespace, value.trimmingOptionalWhitespace)
        }
    }

    private static func list(
        _ header: Substring.UTF8View, _ prefix: String, _ ignoresOthers: Bool, _ scheme: HMACScheme
    ) -> [[UInt8]]? {
        let isSeparator = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: ",") }
        var signatures: [[UInt8]] = []
        var rest = header.drop(while: isSeparator)
        while !rest.isEmpty {
            let isIgnored = ignoresOthers && !rest.starts(with: prefix.utf8)
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

    /// True if the identifier contains no dot or other ambiguous character. A dot would move the boundaries in
    /// `id.timestamp.body`.
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
    /// Parses Unix seconds. A number of thirteen digits is in milliseconds (certn-reference: Undocumented).
    package init?(unixText: String) {
        guard (1...13).contains(unixText.utf8.count), let number = DecimalText.nonNegative(unixText.utf8) else {
            return nil
        }
        self.init(millisecondsSinceEpoch: unixText.utf8.count == 13 ? number : number * 1000)
    }
}

extension HMACScheme {
    /// The signed time of a request, and the header that contains it, even if the signature is wrong.
    func signedTime(in headers: HeaderFields) -> (header: String, time: Timestamp)? {
        guard signsTime else { return nil }
        var name = timestampHeader ?? header
        var text = headers.onlyValue(named: name)
        if case .elements(let timeKey, _) = layout {
            name = header
            text = headers.onlyValue(named: name).flatMap { value in
                HMACClaim.pairs(value[...].utf8).first { $0.key.elementsEqual(timeKey.utf8) }
                    .map { String(Substring($0.value)) }
            }
        }
        return text.flatMap { Timestamp(unixText: $0) }.map { (name, $0) }
    }
}
