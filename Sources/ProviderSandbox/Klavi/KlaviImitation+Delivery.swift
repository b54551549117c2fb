extension KlaviImitation {
    /// Sends an event; nothing happens where no URL is registered, as with the switch in the console off.
    func post(
        _ name: KlaviEventName, about subject: KlaviSubject, details: [JSON.Member] = [], to url: String? = nil,
        _ world: inout World
    ) {
        let event = KlaviEvent(name, about: subject, details: details, &world)
        guard let url = url ?? consoleURL else { return }
        world.send(
            KlaviDelivery.callback(kind: name.rawValue, url: url, linkID: subject.linkID) { event.json.bytes })
    }

    func send(_ report: KlaviReport, to url: String, _ world: inout World) {
        world.send(
            KlaviDelivery.callback(kind: report.product.name, url: url, linkID: report.subject.linkID) {
                report.body
            })
    }

    /// The first of these levels that has a rule for the product, else the registered URL.
    func reportURL(of product: String, _ levels: [KlaviReportAddresses]) -> String? {
        for level in levels {
            if let url = level.url(of: product) { return url }
        }
        return consoleURL
    }
}

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
