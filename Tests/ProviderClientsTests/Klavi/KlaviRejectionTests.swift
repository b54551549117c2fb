import ProviderClients
import Testing

@Suite("Klavi says no")
struct KlaviRejectionTests {
    private static func rejection(_ status: Int, _ body: String) async throws -> ProviderRejection? {
        let client = try Accounts.klavi(ScriptedProvider(status, body))
        return await ProviderClientsTests.rejection { _ = try await client.send(client.authenticate()) }
    }

    @Test("wrong keys")
    func keys() async throws {
        let rejection = try await Self.rejection(
            401, #"{"statusCode":401,"error":"Unauthorized","message":"Invalid accessKey or secretKey"}"#)
        #expect(rejection?.status == 401)
        #expect(rejection?.code == nil)
        #expect(rejection?.words == ["Invalid accessKey or secretKey"])
        #expect(rejection?.advice == "Check accessKey and secretKey.")
    }

    @Test(
        "every business code has its advice",
        arguments: [
            ("4001", "authorisation"), ("4002", "product names"), ("4003", "consent"),
            ("4004", "institutionCode"), ("4005", "at least one product"), ("4006", "productsCallbackURL"),
            ("4007", "later"), ("4008", "authorised enough"), ("4009", "authorised enough"),
        ])
    func business(code: String, word: String) async throws {
        let rejection = try await Self.rejection(416, #"{"statusCode":\#(code),"error":"E","message":"M \#(code)"}"#)
        #expect(rejection?.status == 416)
        #expect(rejection?.code == code)
        #expect(rejection?.words == ["M \(code)"])
        #expect(rejection?.advice?.contains(word) == true)
        #expect(rejection?.advice?.hasSuffix(".") == true)
    }

    @Test("a code that nobody knows is kept without advice")
    func unknownCode() async throws {
        let rejection = try await Self.rejection(416, #"{"statusCode":4999,"message":["a","b","a"]}"#)
        #expect(rejection == ProviderRejection(status: 416, code: "4999", words: ["a", "b"]))
    }

    @Test("statuses have advice of their own", arguments: [302, 400, 403, 404, 409, 410, 422, 500])
    func statuses(status: Int) async throws {
        let rejection = try await Self.rejection(status, #"{"statusCode":\#(status),"error":"Only this"}"#)
        #expect(rejection?.words == ["Only this"])
        #expect(rejection?.advice?.isEmpty == false)
    }

    @Test(
        "bodies that are no error of Klavi's are rejections all the same",
        arguments: ["", "<html>", "[]", "null", "{}"])
    func strange(body: String) async throws {
        let rejection = try await Self.rejection(418, body)
        #expect(rejection == ProviderRejection(status: 418))
    }

    @Test("words are bounded in number and length")
    func bounds() async throws {
        let long = String(repeating: "é", count: 600)
        let many = (0..<50).map { "\"\($0) \(long)\"" }.joined(separator: ",")
        let rejection = try #require(try await Self.rejection(400, #"{"message":[\#(many)]}"#))
        #expect(rejection.words.count == 20)
        #expect(rejection.words.allSatisfy { $0.count == 500 })
        let huge = String(repeating: "x", count: 300_000)
        #expect(try await Self.rejection(400, #"{"message":"\#(huge)"}"#)?.words == [])
    }
}
