import Testing

@testable import SharedJournal

struct PostgresAddressTests {
    private func problem(_ url: String) -> String? {
        var problem = ""
        return PostgresAddress(url, problem: &problem) == nil ? problem : nil
    }

    @Test(
        "a URL of PostgreSQL is accepted",
        arguments: ["postgres://callbox@db/callbox", "postgresql:///callbox?host=/run"])
    func accepted(url: String) {
        #expect(problem(url) == nil)
    }

    @Test("other texts, and a URL with a password, are rejected")
    func rejected() {
        #expect(problem("db/callbox")?.contains("must be a URL") == true)
        #expect(problem("postgres://db:port:1/callbox?x=%zz")?.contains("libpq") == true)
        for url in ["postgres://callbox:secret@db/callbox", "postgres://callbox@db/callbox?password=secret"] {
            #expect(problem(url)?.contains("contains a password") == true)
            #expect(problem(url)?.contains("secret") == false)
        }
    }

    @Test("the address for messages has neither user nor parameters")
    func place() {
        var problem = ""
        let address = PostgresAddress("postgres://u%40x@db.example.com:5433/callbox?sslmode=disable", problem: &problem)
        #expect(address?.place == "db.example.com:5433/callbox")
    }

    @Test("TLS verifies the server unless the URL disables this")
    func tls() throws {
        var problem = ""
        let address = try #require(PostgresAddress("postgres://db/callbox?sslmode=disable", problem: &problem))
        let names = try address.parameters(application: "a").map(\.name)
        #expect(try address.parameters(application: "a").first?.value == "verify-full")
        let mode = try #require(names.firstIndex(of: "sslmode"))
        let url = try #require(names.firstIndex(of: "dbname"))
        #expect(mode < url)
    }
}
