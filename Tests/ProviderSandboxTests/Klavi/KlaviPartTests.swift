import Foundation
import Testing

@testable import ProviderSandbox

@Suite("Klavi's parts")
struct KlaviPartTests {
    @Test("Parameters go between what the URL had and its fragment")
    func addsParameters() {
        let parameters = [(name: "a", value: "1 &é"), (name: "b", value: "")]
        for (url, expected) in [
            ("https://x.example", "https://x.example?a=1%20%26%C3%A9&b="),
            ("https://x.example/p?", "https://x.example/p?a=1%20%26%C3%A9&b="),
            ("https://x.example/p?c=d", "https://x.example/p?c=d&a=1%20%26%C3%A9&b="),
            ("https://x.example/p#f?", "https://x.example/p?a=1%20%26%C3%A9&b=#f?"),
            ("app:x?y&", "app:x?y&a=1%20%26%C3%A9&b="),
        ] {
            #expect(KlaviURL.adding(parameters, to: url) == expected)
        }
    }

    @Test("A rule by name goes before other, other before all; nothing named is nothing")
    func routes() throws {
        let both = try KlaviReportAddresses(["pf_a": "http://x/a", "other": "http://x/o"])
        #expect(both.url(of: "pf_a") == "http://x/a")
        #expect(both.url(of: "pf_b") == "http://x/o")
        let all = try KlaviReportAddresses(["all": "http://x/all"])
        #expect(all.url(of: "pf_a") == "http://x/all")
        let specific = try KlaviReportAddresses(["pf_a": "http://x/a"])
        #expect(specific.url(of: "pf_b") == nil)
        #expect(try KlaviReportAddresses(nil).url(of: "pf_a") == nil)
        #expect(throws: KlaviRefusal.self) {
            try KlaviReportAddresses(["all": "http://x/all", "pf_a": "http://x/a"])
        }
    }

    @Test("Consents end after twelve calendar months, leap days included")
    func ends() throws {
        let leapDay = try Date("2024-02-29T12:00:00Z", strategy: .iso8601)
        #expect(KlaviTime.text(KlaviConsent.end(after: leapDay)) == "2025-02-28T12:00:00.000Z")
    }
}
