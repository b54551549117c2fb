import CallboxConfiguration
import Deliveries
import Providers
import StrictJSON
import Testing

@testable import Presentation

@Suite("The URLs to register with a provider")
struct CallbackURLsTests {
    private static func urls(
        _ provider: any Provider, path: String = "/door", keys: [String] = [], base: String = "https://cb.example.com"
    ) throws -> String {
        var source = SourceSettings(name: "door", provider: provider, path: path)
        source.routes = try RouteTable(keys.map { RouteEntry(key: $0, topic: "topic") })
        return CallbackURLs.json(for: source, base: base).compact
    }

    private static func klavi(_ products: String) -> String {
        #"{"productsCallbackURL":{\#(products)},"eventsURL":"https://cb.example.com/door/events","#
            + #""redirectURL":"https://cb.example.com/door/return"}"#
    }

    @Test("specific types and 'other' each have a URL")
    func specificAndOther() throws {
        #expect(
            try Self.urls(KlaviProvider(), keys: ["pf_checking_account", "other", "pf_credit_card"])
                == Self.klavi(
                    #""pf_checking_account":"https://cb.example.com/door/pf_checking_account","#
                        + #""pf_credit_card":"https://cb.example.com/door/pf_credit_card","#
                        + #""other":"https://cb.example.com/door/other""#))
    }

    @Test("a source with the route 'all' or without routes has one URL", arguments: [["all"], []])
    func all(keys: [String]) throws {
        #expect(try Self.urls(KlaviProvider(), keys: keys) == Self.klavi(#""all":"https://cb.example.com/door/all""#))
    }

    @Test("types without a callback have no URL", arguments: KlaviProvider.typesWithoutCallbackURL.sorted())
    func events(type: String) throws {
        #expect(
            try Self.urls(KlaviProvider(), keys: ["pf_credit_card", type])
                == Self.klavi(#""pf_credit_card":"https://cb.example.com/door/pf_credit_card""#))
        #expect(try Self.urls(KlaviProvider(), keys: [type]) == Self.klavi(#""all":"https://cb.example.com/door/all""#))
    }

    @Test("a type is always a single path segment")
    func strangeTypes() throws {
        #expect(
            try Self.urls(KlaviProvider(), keys: ["a/b?c#d é\""])
                == Self.klavi(
                    #""a/b?c#d é\"":"https://cb.example.com/door/a%2Fb%3Fc%23d%20%C3%A9%22""#))
        #expect(APIRoot.encode("aZ09-._~") == "aZ09-._~")
        #expect(APIRoot.encode("%\u{0}\u{7f}+&") == "%25%00%7F%2B%26")
    }

    @Test("a source of any provider except Klavi has one URL")
    func others() throws {
        #expect(try Self.urls(CertnProvider(), keys: ["all"]) == #"{"webhookURL":"https://cb.example.com/door"}"#)
        #expect(try Self.urls(CertificallProvider()) == #"{"webhookURL":"https://cb.example.com/door"}"#)
        #expect(
            try Self.urls(EZiDProvider(), keys: ["redirect"])
                == #"{"base_url_email_link":"https://cb.example.com/door/auth"}"#)
    }

    @Test("the URLs of a source at the root have no empty segment")
    func root() throws {
        #expect(try Self.urls(CertnProvider(), path: "/") == #"{"webhookURL":"https://cb.example.com"}"#)
        #expect(try Self.urls(EZiDProvider(), path: "/") == #"{"base_url_email_link":"https://cb.example.com/auth"}"#)
    }

    @Test(
        "trailing slashes of a base URL are removed",
        arguments: [
            ("https://cb.example.com", "https://cb.example.com"), ("https://cb.example.com/", "https://cb.example.com"),
            ("https://cb.example.com///", "https://cb.example.com"), ("http://localhost:8787", "http://localhost:8787"),
            ("https://cb.example.com/in/", "https://cb.example.com/in"), ("http://[::1]:8787/", "http://[::1]:8787"),
            ("https://cb.example.com/a:b", "https://cb.example.com/a:b"),
        ])
    func base(text: String, expected: String) {
        #expect(CallbackURLs.base(text) == expected)
    }

    @Test(
        "a malformed base URL is rejected",
        arguments: [
            "", "cb.example.com", "//cb.example.com", "ftp://cb.example.com", "https:", "https:/", "https://",
            "https:///",
            "https:///path", "http://:8787", "https://?x", "https://cb.example.com?x=1", "https://cb.example.com/#x",
            "https://cb.example.com:", "https://cb example.com", "https://cb.example.com\n", "https://cb.exämple.com",
            "https://cb.example.com\\x", "https://cb.example.com\"", " https://cb.example.com",
        ])
    func noBase(text: String) {
        #expect(CallbackURLs.base(text) == nil)
    }
}
