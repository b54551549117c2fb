import ProviderClients
import Testing

@Suite("What Klavi would reject is found before")
struct KlaviInputTests {
    private static func complaintOfLink(_ change: (inout KlaviLinkOrder) -> Void) throws -> String? {
        let client = try Accounts.klavi(ScriptedProvider(200, ""))
        var order = KlaviLinkOrder()
        change(&order)
        return complaint { _ = try client.createLink(order) }
    }

    @Test("all stands alone among callback addresses")
    func allAlone() {
        #expect(
            complaint { _ = try ProductCallbacks([.init("all", "https://a"), .init("other", "https://b")]) }?
                .contains("stands alone") == true)
        #expect(complaint { _ = try ProductCallbacks([.init("all", "https://a")]) } == nil)
        #expect(complaint { _ = try ProductCallbacks([.init("other", "https://a")]) } == nil)
    }

    @Test("callback addresses are addresses, for products, each named once")
    func callbacks() {
        #expect(complaint { _ = try ProductCallbacks([]) } == "productsCallbackURL names no product.")
        #expect(complaint { _ = try ProductCallbacks([.init("x", "ftp://a")]) }?.contains("no http") == true)
        #expect(complaint { _ = try ProductCallbacks([.init(" ", "https://a")]) }?.contains("empty") == true)
        #expect(
            complaint { _ = try ProductCallbacks([.init("x", "https://a"), .init("x", "https://b")]) }
                == "productsCallbackURL names x twice.")
    }

    @Test("appLink needs the name of its parameter")
    func appLink() throws {
        #expect(try Self.complaintOfLink { $0.appLink = "app://x" }?.contains("appRedirectURLKey") == true)
        #expect(
            try Self.complaintOfLink {
                $0.appLink = "app://x"
                $0.appRedirectURLKey = "k"
            } == nil)
    }

    @Test("a CPF has eleven digits", arguments: ["1234567890", "123.456.789-09", "1234567890A", ""])
    func person(text: String) throws {
        #expect(try Self.complaintOfLink { $0.personalTaxID = text }?.contains("11 digits") == true)
        #expect(try Self.complaintOfLink { $0.personalTaxID = "12345678909" } == nil)
    }

    @Test(
        "a CNPJ has fourteen characters",
        arguments: ["1234567800019", "12.345.678/0001-95", "12abc34501de35", "12ABC34501DEX5"])
    func company(text: String) throws {
        #expect(try Self.complaintOfLink { $0.businessTaxID = text }?.contains("14 characters") == true)
        #expect(try Self.complaintOfLink { $0.businessTaxID = "12ABC34501DE35" } == nil)
    }

    @Test("e-mail and redirect are checked for their form")
    func forms() throws {
        #expect(try Self.complaintOfLink { $0.email = "ana" } == "email is no e-mail address.")
        #expect(try Self.complaintOfLink { $0.email = "a b@c" } == "email is no e-mail address.")
        #expect(try Self.complaintOfLink { $0.redirectURL = "back" } == "redirectURL is no http or https address.")
    }

    @Test("free objects are JSON objects", arguments: ["[]", "1", "\"x\"", "{", "", "{\"a\":01}"])
    func freeObject(text: String) {
        #expect(complaint { _ = try FreeObject(text, name: "externalInfo") }?.hasPrefix("externalInfo is ") == true)
        #expect(complaint { _ = try FreeObject("{}", name: "externalInfo") } == nil)
    }

    @Test("a report names products and whom it is about")
    func report() throws {
        let client = try Accounts.klavi(ScriptedProvider(200, ""))
        func complaintOf(_ order: KlaviReportOrder) -> String? { complaint { _ = try client.requestReport(order) } }
        #expect(complaintOf(.init(.personal, taxID: "12345678909", products: []))?.contains("no product") == true)
        #expect(complaintOf(.init(.personal, taxID: "12345678000195", products: ["all"]))?.contains("CPF") == true)
        #expect(complaintOf(.init(.business, taxID: "12345678909", products: ["all"]))?.contains("CNPJ") == true)
        #expect(complaintOf(.init(.personal, taxID: "12345678909", products: ["all", "x"]))?.contains("alone") == true)
        #expect(complaintOf(.init(.personal, taxID: "12345678909", products: ["all"])) == nil)
    }

    @Test("keys that are empty or hold line ends are rejected")
    func keys() throws {
        let calls = ScriptedProvider(200, "").calls()
        for key in ["", "a\n"] {
            let credentials = KlaviCredentials(accessKey: Credential("a"), secretKey: Credential(key))
            #expect(
                complaint { _ = try KlaviClient(credentials: credentials, calls: calls) }?.contains("secretKey") == true
            )
        }
    }
}
