internal import Deliveries

/// `Certn-Signature: t=1700000000,v1=<hex>` over `t`, a dot and the body (PROVIDERS.md 2A.1).
enum CertnLegacySignature {
    static let headerName = "Certn-Signature"

    /// Signatures looked at in one header; there are several while a secret is being replaced.
    private static let candidateCountLimit = 8

    static func check(
        _ request: InboundRequest, with secrets: [Secret], toleranceMilliseconds: Int64
    ) -> OriginCheck {
        let values = request.headers.values(named: headerName)
        let parsed = values.count == 1 ? Elements(values[0]) : nil
        let match = ConstantTime.secret(
            among: secrets, signing: parsed.map { Array($0.timeText.utf8) + [UInt8(ascii: ".")] } ?? [],
            body: request.body, candidates: parsed?.signatures ?? [])
        guard values.count == 1 else { return .failed(values.isEmpty ? .missing : .repeated) }
        guard let parsed else { return .failed(.malformed) }
        guard let match else { return .failed(.mismatch) }
        let age = request.receivedAt.milliseconds(since: parsed.time)
        let isFresh = (-toleranceMilliseconds...toleranceMilliseconds).contains(age)
        return isFresh ? .verified(secretName: match.name) : .stale(secretName: match.name, milliseconds: age)
    }

    /// The elements of the header that count: one `t`, one or more `v1`. Others are for schemes to come and ignored.
    private struct Elements {
        let timeText: Substring
        let time: Timestamp
        let signatures: [[UInt8]]

        init?(_ header: String) {
            var times: [Substring] = []
            var signatures: [[UInt8]] = []
            for element in header.split(separator: ",", maxSplits: 64) {
                let parts = element.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2 else { return nil }
                switch parts[0].trimmingSpaces {
                case "t": times.append(parts[1].trimmingSpaces)
                case "v1":
                    guard let signature = SignatureText.hex(parts[1].trimmingSpaces) else { return nil }
                    signatures.append(signature)
                default: continue
                }
            }
            guard times.count == 1, (1...candidateCountLimit).contains(signatures.count),
                let time = Timestamp(unixText: times[0])
            else { return nil }
            self.timeText = times[0]
            self.time = time
            self.signatures = signatures
        }
    }
}

extension Timestamp {
    /// Unix seconds; thirteen digits are milliseconds (default 15).
    fileprivate init?(unixText: Substring) {
        guard (1...13).contains(unixText.utf8.count), let number = DecimalText.nonNegative(unixText.utf8) else {
            return nil
        }
        self.init(millisecondsSinceEpoch: unixText.utf8.count == 13 ? number : number * 1000)
    }
}

extension Substring {
    fileprivate var trimmingSpaces: Substring {
        var text = drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return text
    }
}
