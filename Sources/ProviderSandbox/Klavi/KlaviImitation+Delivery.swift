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
