import Foundation
import TestKit
import Testing

@testable import SharedJournal

struct PostgresAddressTests {
    private func problem(_ url: String) -> String? {
        var problem = ""
        return PostgresAddress(url, problem: &problem) == nil ? problem : nil
    }

    @Test(
        "URLs of PostgreSQL are accepted",
        arguments: ["postgres://callbox@db/callbox", "postgresql:///callbox?host=/run"])
    func accepted(url: String) {
        #expect(problem(url) == nil)
    }

    @Test("strings that are not URLs of PostgreSQL are rejected, and so is a URL with a password")
    func rejected() {
        #expect(problem("db/callbox")?.contains("must be a URL") == true)
        #expect(problem("postgres://db:port:1/callbox?x=%zz")?.contains("libpq") == true)
        for url in ["postgres://callbox:secret@db/callbox", "postgres://callbox@db/callbox?password=secret"] {
            #expect(problem(url)?.contains("contains a password") == true)
            #expect(problem(url)?.contains("secret") == false)
        }
    }

    @Test("the address in messages contains neither the user nor the parameters of the URL")
    func place() {
        var problem = ""
        let address = PostgresAddress("postgres://u%40x@db.example.com:5433/callbox?sslmode=disable", problem: &problem)
        #expect(address?.place == "db.example.com:5433/callbox")
    }

    @Test("TLS verifies the server unless the URL disables the verification")
    func tls() throws {
        var problem = ""
        let address = try #require(PostgresAddress("postgres://db/callbox?sslmode=disable", problem: &problem))
        let names = try address.parameters(application: "a").map(\.name)
        #expect(try address.parameters(application: "a").first?.value == "verify-full")
        let mode = try #require(names.firstIndex(of: "sslmode"))
        let url = try #require(names.firstIndex(of: "dbname"))
        #expect(mode < url)
    }

    private static func password(_ content: [UInt8]) throws -> String? {
        try TemporaryFolder.with { folder in
            let path = folder.path(of: "password")
            try Data(content).write(to: URL(filePath: path))
            var problem = ""
            var address = try #require(PostgresAddress("postgres://db/callbox", problem: &problem))
            address.password = .file(path)
            return try address.parameters(application: "a").last { $0.name == "password" }?.value
        }
    }

    @Test(
        "only line breaks after a password are removed",
        arguments: [("pw", "pw"), ("pw\n", "pw"), ("pw\r\n", "pw"), ("pw\n\n", "pw"), (" p\u{e9} \n", " p\u{e9} ")])
    func password(content: String, expected: String) throws {
        #expect(try Self.password(Array(content.utf8)) == expected)
    }

    @Test(
        "a password that is empty, has several lines or a NUL, or is not UTF-8 is rejected",
        arguments: [
            [], [0x0a], [0x0d, 0x0a], [0x61, 0x0a, 0x62], [0x0a, 0x61], [0x61, 0x00, 0x62], [0xff],
        ] as [[UInt8]])
    func badPassword(content: [UInt8]) {
        #expect(throws: PostgresFailure.self) { try Self.password(content) }
    }
}
