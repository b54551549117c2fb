import Deliveries
import Providers
import Testing

@Suite("The providers that a source can name")
struct ProviderCatalogTests {
    @Test("they are four, each found by its own name")
    func names() {
        #expect(ProviderCatalog.known.map(\.name) == ["klavi", "certn", "ezid", "certificall"])
        for provider in ProviderCatalog.known {
            #expect(ProviderCatalog.provider(named: provider.name)?.name == provider.name)
        }
    }

    @Test("no other name finds one", arguments: ["", "Klavi", "klavi ", "certn-legacy", "other"])
    func unknown(_ name: String) {
        #expect(ProviderCatalog.provider(named: name)?.name == nil)
    }

    @Test("what a secret is for where a configuration does not say")
    func purposes() {
        #expect(ProviderCatalog.known.map(\.secretPurposes.first) == [.signature, .signature, nil, .bearer])
    }
}

@Suite("Deliveries and connectivity tests of Certn and Certificall")
struct HandshakeTests {
    @Test("a GET or HEAD is greeted", arguments: ["GET", "HEAD"])
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

    @Test("any other method is a delivery to be verified", arguments: ["POST", "PUT", "DELETE", "get", ""])
    func deliveries(_ method: String) {
        for provider in [CertnProvider(), CertificallProvider()] as [any Provider] {
            #expect(provider.screen(.with(method: method), redirects: .none) == .delivery)
        }
    }
}
