internal import Crypto
package import Deliveries

/// Explains why a signature is invalid. Contains no secret.
package struct HMACDiagnosis: Sendable {
    package let outcome: OriginCheck
    /// The values of the signature header in the request.
    package let got: [String]
    /// For each secret, the headers that a sender would send, with the request's time and identifier.
    package let expected: [Expectation]
    /// The time of arrival minus the signed time; nil if the request has no readable signed time.
    package let clockOffsetMilliseconds: Int64?
    package let bodySHA256: [UInt8]

    package struct Expectation: Sendable {
        package let secretName: String
        package let headers: [HeaderField]
    }
}

extension HMACScheme {
    package func diagnose(_ request: InboundRequest, with secrets: [Secret], toleranceMilliseconds: Int64)
        -> HMACDiagnosis
    {
        let scheme = named(in: request.headers)
        guard scheme == self else {
            return scheme.diagnose(request, with: secrets, toleranceMilliseconds: toleranceMilliseconds)
        }
        let claim = try? HMACClaim.read(request.headers, self).get()
        let timeText = claim?.timestampText ?? timestampHeader.flatMap { request.headers.onlyValue(named: $0) }
        let time = timeText.flatMap { Timestamp(unixText: $0) }
        let signedText = time == nil ? nil : timeText
        let id = idHeader.flatMap { request.headers.onlyValue(named: $0) }
        return HMACDiagnosis(
            outcome: check(request, with: secrets, toleranceMilliseconds: toleranceMilliseconds),
            got: request.headers.values(named: header),
            expected: secrets.map { secret in
                HMACDiagnosis.Expectation(
                    secretName: secret.name,
                    headers: headers(
                        signing: request.body, with: secret,
                        timestampText: signedText ?? String(request.receivedAt.millisecondsSinceEpoch / 1000), id: id))
            },
            clockOffsetMilliseconds: signsTime ? time.map { request.receivedAt.milliseconds(since: $0) } : nil,
            bodySHA256: Array(SHA256.hash(data: request.body)))
    }
}
