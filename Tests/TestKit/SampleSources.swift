package import Deliveries
package import Providers

/// The configuration that samples/README.md describes, with its secrets.
package enum SampleSources {
    package static let klaviSecret = Secret(
        name: "primary", purpose: .signature, bytes: Array("klavi-test-secret".utf8))
    package static let certnSecrets = [
        Secret(name: "legacy", purpose: .legacy, bytes: Array("certn-test-secret".utf8)),
        Secret(name: "centric", purpose: .centric, bytes: Array("centric-test-secret".utf8)),
    ]
    package static let certificallSecrets = [
        Secret(name: "token", purpose: .bearer, bytes: Array("certificall-test-token".utf8)),
        Secret(name: "key", purpose: .hmac, identity: "callbox-test-key", bytes: Array("certificall-api-secret".utf8)),
        Secret(name: "login", purpose: .basic, identity: "hook", bytes: Array("pw".utf8)),
    ]

    package static let table = SourceTable([
        source(
            KlaviProvider(), secrets: [klaviSecret],
            routes: [
                RouteEntry(key: "pf_checking_account", topic: "checking"),
                RouteEntry(key: "pf_credit_card", topic: "cards"),
                RouteEntry(key: "link_created", topic: "links"), RouteEntry(key: "other", topic: "klavi-rest"),
            ]),
        source(CertnProvider(), secrets: certnSecrets, routes: [RouteEntry(key: "all", topic: "background-checks")]),
        source(EZiDProvider(), secrets: [], routes: [RouteEntry(key: "redirect", topic: "logins")]),
        source(CertificallProvider(), secrets: certificallSecrets, routes: []),
    ])

    /// The source of a sample.
    package static func source(of sample: Sample) -> Source {
        guard let source = table.source(at: sample.request.target.path) else {
            fatalError("no source accepts the sample \(sample.name)")
        }
        return source
    }

    private static func source(_ provider: any Provider, secrets: [Secret], routes: [RouteEntry]) -> Source {
        let policy: OriginPolicy =
            secrets.isEmpty
            ? .unchecked
            : .required(secrets: secrets, toleranceMilliseconds: OriginPolicy.defaultToleranceMilliseconds)
        guard let table = try? RouteTable(routes),
            let redirects = try? RedirectPolicy(allowed: ["https://app.example.com/"], landing: nil)
        else { fatalError("the sample configuration is invalid") }
        return Source(
            name: provider.name, provider: provider, path: "/\(provider.name)", originPolicy: policy, routes: table,
            redirects: redirects)
    }
}

extension SampleSources {
    /// The reports of a delivery to a sample source, with their routes. They are parsed and routed as in the server.
    package static func parse(_ delivery: ArchivedDelivery) -> [(content: ReportContent, route: Route?)] {
        guard let source = table.source(named: delivery.source) else { fatalError("no such source") }
        return source.provider.parse(delivery).reports.map { ($0, source.routes.route(forType: $0.type)) }
    }
}

extension Sample {
    /// The name of the sample's source.
    package var sourceName: String {
        SampleSources.source(of: self).name
    }
}

extension InboundRequest {
    /// A request with defaults for all properties. Tests pass only the arguments that are relevant.
    package static func fixture(
        method: String = "POST", target: String = "/klavi",
        headers: HeaderFields = [HeaderField("Host", "callbox.example")],
        body: String = #"{"a":1}"#, peer: String = "192.0.2.1", receivedAt: Timestamp = .fixture
    ) -> InboundRequest {
        InboundRequest(
            method: method, target: RequestTarget(target), headers: headers, body: Array(body.utf8), peer: peer,
            receivedAt: receivedAt)
    }
}

extension Timestamp {
    /// The time 2026-11-02T10:00:00.250Z.
    package static let fixture = Timestamp(millisecondsSinceEpoch: 1_793_613_600_250)
}
