import Deliveries
import Foundation
import TestKit
import Testing

@testable import ProviderTransport
@testable import Providers

@Suite("Tokens in a file")
struct TokenFileTests {
    private static let account = TokenAccount(root: "https://api.test/v1", accountHash: "a")
    private static let other = TokenAccount(root: "https://other.test", accountHash: "a")

    private static func token(_ text: String, _ end: Int64? = 1_800_000_000_000) throws -> AccessToken {
        try AccessToken(text, expiresAt: end.map { Timestamp(millisecondsSinceEpoch: $0) })
    }

    private static func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
    }

    @Test("tokens are stored by account for the next process, and can be removed")
    func keeps() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path(of: "tokens.json")
            TokenFile(path: path).setToken(try Self.token("one"), of: Self.account)
            TokenFile(path: path).setToken(try Self.token("two", nil), of: Self.other)
            #expect(TokenFile(path: path).token(of: Self.account) == (try Self.token("one")))
            #expect(TokenFile(path: path).token(of: Self.other) == (try Self.token("two", nil)))
            TokenFile(path: path).setToken(try Self.token("three"), of: Self.account)
            #expect(TokenFile(path: path).token(of: Self.account)?.text == "three")
            TokenFile(path: path).setToken(nil, of: Self.account)
            #expect(TokenFile(path: path).token(of: Self.account) == nil)
            #expect(TokenFile(path: path).token(of: Self.other)?.text == "two")
            #expect(try folder.names() == ["tokens.json", "tokens.json.lock"])
        }
    }

    @Test("only the owner can read the token file, which contains no credential and no account name")
    func secrecy() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.path(of: "tokens.json")
            let provider = ScriptedProvider([
                .json(200, #"{"accessToken":"abc","expireIn":1800}"#), .json(200, "[]"),
            ])
            let client = try Accounts.client(provider, tokens: TokenFile(path: path))
            _ = try await client.send(try Accounts.list())
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(text.contains("abc"))
            #expect(!text.contains("s3cret"))
            #expect(!text.contains("test-access"))
            #expect(try Self.mode(path) == 0o600)
            #expect(try Self.mode(path + ".lock") == 0o600)
        }
    }

    @Test(
        "a damaged file counts as empty, and the next token replaces it",
        arguments: [
            "", "{", "null", #"{"version":2,"tokens":[]}"#, #"{"version":1}"#,
            #"{"version":1,"tokens":[{"root":"https://api.test/v1","account":"x"}]}"#,
        ])
    func damaged(text: String) throws {
        try TemporaryFolder.with { folder in
            let path = folder.path(of: "tokens.json")
            #expect(
                FileManager.default.createFile(
                    atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]))
            #expect(TokenFile(path: path).token(of: Self.account) == nil)
            TokenFile(path: path).setToken(try Self.token("one"), of: Self.account)
            #expect(TokenFile(path: path).token(of: Self.account)?.text == "one")
        }
    }

    @Test("a file that others can read is ignored, and replaced by a file that only its owner can read")
    func openToOthers() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path(of: "tokens.json")
            TokenFile(path: path).setToken(try Self.token("one"), of: Self.account)
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
            #expect(TokenFile(path: path).token(of: Self.account) == nil)
            TokenFile(path: path).setToken(try Self.token("two"), of: Self.account)
            #expect(try Self.mode(path) == 0o600)
            #expect(TokenFile(path: path).token(of: Self.account)?.text == "two")
        }
    }

    @Test("a symbolic link is not followed, and its target is unchanged")
    func link() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path(of: "tokens.json")
            let target = folder.path(of: "target")
            TokenFile(path: target).setToken(try Self.token("one"), of: Self.account)
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
            #expect(TokenFile(path: path).token(of: Self.account) == nil)
            TokenFile(path: path).setToken(try Self.token("two"), of: Self.account)
            #expect(TokenFile(path: path).token(of: Self.account)?.text == "two")
            #expect(TokenFile(path: target).token(of: Self.account)?.text == "one")
        }
    }

    @Test("if the token file cannot be written, a call logs in and does not fail")
    func unwritable() async throws {
        let file = TokenFile(path: "/dev/null/tokens.json")
        file.setToken(try Self.token("one"), of: Self.account)
        #expect(file.token(of: Self.account) == nil)
        let provider = ScriptedProvider([.json(200, #"{"accessToken":"abc","expireIn":1800}"#), .json(200, "[]")])
        let client = try Accounts.client(provider, tokens: file)
        #expect(try await client.send(try Accounts.list()) == 0)
    }

    @Test("concurrent writers lose no token")
    func concurrent() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.path(of: "tokens.json")
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        let account = TokenAccount(root: "https://api.test/v1", accountHash: "\(number)")
                        TokenFile(path: path).setToken(try? AccessToken("t\(number)", expiresAt: nil), of: account)
                    }
                }
            }
            for number in 0..<40 {
                let account = TokenAccount(root: "https://api.test/v1", accountHash: "\(number)")
                #expect(TokenFile(path: path).token(of: account)?.text == "t\(number)")
            }
        }
    }

    @Test("the file keeps the last hundred accounts")
    func bounded() throws {
        try TemporaryFolder.with { folder in
            let file = TokenFile(path: folder.path(of: "tokens.json"))
            let accounts = (0..<101).map { TokenAccount(root: "https://api.test/v1", accountHash: "\($0)") }
            for account in accounts { file.setToken(try Self.token("t"), of: account) }
            #expect(file.token(of: accounts[0]) == nil)
            #expect(file.token(of: accounts[1]) != nil)
            #expect(file.token(of: accounts[100]) != nil)
        }
    }
}
