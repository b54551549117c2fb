/// How a delivery of Klavi's goes out: retries, signature, order (PROVIDERS.md 1.1.2, 1.1.3).
enum KlaviDelivery {
    static let userAgent = "Klavi-Webhook/1.0 (sandbox)"

    /// Five more attempts, until the answer is exactly 200.
    static let policy = RetryPolicy(waits: [0.25, 0.5, 1, 2, 4]) { $0 == 200 }

    /// Deliveries of one link go out one after the other.
    static func callback(
        kind: String, url: String, linkID: String, makeBody: @escaping @Sendable () -> [UInt8]
    ) -> Callback {
        Callback(
            provider: KlaviImitation.name, kind: kind, url: url, group: "klavi:\(linkID)", policy: policy,
            reference: linkID, makeBody: makeBody
        ) { body, conditions in
            let secret = conditions.secret(SandboxAccount.klaviSecretKey)
            return [
                HeaderLine("User-Agent", userAgent),
                HeaderLine(KlaviSignature.timestampHeader, String(conditions.secondsSinceEpoch)),
                HeaderLine(KlaviSignature.header, KlaviSignature.value(body: body, secret: secret)),
            ]
        }
    }
}
