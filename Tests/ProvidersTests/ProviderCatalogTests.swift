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
