import Deliveries
import Providers
import Testing

@Suite("The providers of a source")
struct ProviderCatalogTests {
    private static let standard = ProviderCatalog.standard

    @Test("there are four providers, and each is found by its name")
    func names() {
        #expect(Self.standard.providers.map(\.name) == ["klavi", "certn", "ezid", "certificall"])
        for provider in Self.standard.providers {
            #expect(Self.standard.provider(named: provider.name)?.name == provider.name)
        }
    }

    @Test("an unknown name finds no provider", arguments: ["", "Klavi", "klavi ", "certn-legacy", "other", "generic"])
    func unknown(_ name: String) {
        #expect(Self.standard.provider(named: name)?.name == nil)
    }

    @Test("each provider has a default purpose for its secrets, except EZiD")
    func purposes() {
        #expect(Self.standard.providers.map(\.secretPurposes.first) == [.signature, .signature, nil, .bearer])
    }

    @Test("a provider's name selects all of its APIs, and an API's name selects that API")
    func apis() {
        #expect(Self.standard.apis(named: "certn") == ["certn-legacy", "certn-centric"])
        #expect(Self.standard.apis(named: "certn-legacy") == ["certn-legacy"])
        #expect(Self.standard.apis(named: "klavi") == ["klavi"])
        #expect(
            Self.standard.filterNames == [
                "klavi", "certn", "certn-legacy", "certn-centric", "ezid", "certificall", "generic",
                "standard-webhooks",
            ])
    }

    @Test("an id identifies an applicant only in reports of Certn's legacy API")
    func identities() {
        let identities = Self.standard.identities
        #expect(identities.family(of: ReportField("id", "1"), api: "certn-legacy")?.subject == .case)
        for api in ["certn-centric", "klavi", "generic"] {
            #expect(identities.family(of: ReportField("id", "1"), api: api) == nil)
        }
    }

    @Test("field families with the same name identify at most one kind of subject")
    func families() {
        for (name, families) in Dictionary(grouping: Self.standard.identities, by: \.name) {
            #expect(Set(families.compactMap(\.subject)).count <= 1, "\(name)")
        }
    }

    @Test("providers have different names, APIs and schemes")
    func unique() {
        for names in [Self.standard.filterNames, Self.standard.schemes.map(\.name)] {
            #expect(names.count == Set(names).count)
        }
    }
}

@Suite("Deliveries and connectivity tests of Certn and Certificall")
struct HandshakeTests {
    @Test("a GET or HEAD is a connectivity test", arguments: ["GET", "HEAD"])
    func handshake(_ method: String) {
        for provider in [CertnProvider(), CertificallProvider()] as [any Provider] {
            guard case .handshake(let response, let event) = provider.screen(.with(method: method), redirects: .none)
            else {
                Issue.record("\(provider.name) does not greet")
                continue
            }
            #expect(response.status == 200)
            #expect(event == "connectivity test")
            #expect(HeaderFields(response.headers).onlyValue(named: "X-Content-Type-Options") == "nosniff")
        }
    }

    @Test("any other method is a delivery that must be verified", arguments: ["POST", "PUT", "DELETE", "get", ""])
    func deliveries(_ method: String) {
        for provider in [CertnProvider(), CertificallProvider()] as [any Provider] {
            #expect(provider.screen(.with(method: method), redirects: .none) == .delivery)
        }
    }
}
