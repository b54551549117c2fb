import Testing

@testable import Providers

@Suite("Redirect policy")
struct RedirectPolicyTests {
    private static let policy = Result {
        try RedirectPolicy(allowed: ["https://app.example.com", "https://www.example.com/welcome"], landing: nil)
    }

    @Test(
        "an allowed origin includes its paths",
        arguments: [
            "https://app.example.com", "https://app.example.com/", "https://app.example.com/a/b?c=d#e",
            "https://app.example.com?a=b", "https://app.example.com#a", "https://app.example.com//a",
            "https://app.example.com/.well-known/x", "https://app.example.com/a..b/...",
            "https://app.example.com/a?b=../../c", "https://app.example.com/%2541", "https://app.example.com/a@b:c",
            "https://app.example.com/?u=https://other.example/", "https://www.example.com/welcome",
            "https://www.example.com/welcome/back", "https://www.example.com/welcome?a=1",
        ])
    func allowed(_ wish: String) throws {
        #expect(try Self.policy.get().destination(for: wish) == wish)
    }

    @Test(
        "URLs outside the allowed origins and paths are not redirect targets",
        arguments: [
            "", "/", "/a", "//app.example.com", "//app.example.com/a", "app.example.com", "https:app.example.com",
            "https:/app.example.com", "https:///app.example.com", "unspecified", "javascript:alert(1)",
            "data:text/html,x",
            // Hosts that start with the name of an allowed host.
            "https://app.example.com.evil.example", "https://app.example.com.evil.example/",
            "https://app.example.comevil.example", "https://app.example.com-evil.example",
            "https://app.example.com:443/", "https://app.example.com:443@evil.example/",
            "https://app.example.com%2eevil.example/", "https://app.example.com%2f@evil.example/",
            "https://app.example.com./a", "https://app.example.com;@evil.example/",
            "https://app.example.com,evil.example/", "https://app.example.com&evil.example",
            // URLs with user names.
            "https://app.example.com@evil.example", "https://app.example.com:a@evil.example/",
            "https://user@app.example.com/", "https://@app.example.com/", "https://evil.example@app.example.com/",
            // Other hosts, with an allowed host in the path or query.
            "https://evil.example/https://app.example.com", "https://evil.example?https://app.example.com",
            "https://evil.example#https://app.example.com", "https://evil-app.example.com/",
            "https://x.app.example.com/",
            // Other schemes and other spellings of schemes.
            "http://app.example.com/", "HTTPS://app.example.com/", "Https://app.example.com/", "ftp://app.example.com/",
            "https://APP.example.com/", " https://app.example.com/", "https://app.example.com/ ",
            // Characters that browsers ignore or convert to slashes.
            "https://app.example.com\\@evil.example/", "https://app.example.com/\\evil.example", "\\\\app.example.com",
            "https:\\\\app.example.com", "https://app.example.com\t.evil.example/",
            "https://app.example.com/\r\nSet-Cookie: a=b", "https://app.example.com/\0",
            "https://app.example.com/\u{7f}", "https://app.example.com/a b", "https://app.example.com/é",
            "https://app.example.com/\u{2028}", "https://app.example.com\u{ff0f}@evil.example",
            "https://app.example.com\u{3002}evil.example/", "https://app.example.com/\u{301}",
            "https://app.example.com/<script>", "https://app.example.com/\"onload=", "https://app.example.com/`",
            "\u{feff}https://app.example.com/",
            // Dot segments.
            "https://app.example.com/..", "https://app.example.com/../", "https://app.example.com/./a",
            "https://app.example.com/a/..", "https://app.example.com/%2e%2e/", "https://app.example.com/%2E%2e",
            "https://app.example.com/.%2e/a", "https://app.example.com/a/%2e/b", "https://app.example.com/a/%2E.",
            "https://app.example.com/a/..?b", "https://app.example.com/a/..#b",
            // Paths that start like an allowed path or lead out of it.
            "https://www.example.com", "https://www.example.com/", "https://www.example.com/welcomed",
            "https://www.example.com/Welcome", "https://www.example.com/welcome/../admin",
            "https://www.example.com/welcome/%2e%2e/admin", "https://www.example.com/welcome%2f",
            "https://www.example.com/welcome;a", "https://www.example.com/welcome&a",
        ])
    func rejected(_ wish: String) throws {
        #expect(try Self.policy.get().destination(for: wish) == nil)
    }

    @Test("a URL of up to 2048 bytes is a redirect target")
    func length() throws {
        let policy = try Self.policy.get()
        let start = "https://app.example.com/"
        let longest = start + String(repeating: "a", count: 2048 - start.utf8.count)
        #expect(policy.destination(for: longest) == longest)
        #expect(policy.destination(for: longest + "a") == nil)
        #expect(policy.destination(for: start + String(repeating: "a", count: 1_000_000)) == nil)
    }

    @Test("an entry that ends with a slash covers only the paths after the slash")
    func trailingSlash() throws {
        let policy = try RedirectPolicy(allowed: ["https://app.example.com/"], landing: nil)
        #expect(policy.destination(for: "https://app.example.com/") != nil)
        #expect(policy.destination(for: "https://app.example.com/a") != nil)
        #expect(policy.destination(for: "https://app.example.com") == nil)
        #expect(policy.destination(for: "https://app.example.com.evil.example/") == nil)
    }

    @Test("an entry with a port covers only that port")
    func port() throws {
        let policy = try RedirectPolicy(allowed: ["http://localhost:3000"], landing: nil)
        #expect(policy.destination(for: "http://localhost:3000/auth") == "http://localhost:3000/auth")
        for wish in [
            "http://localhost:30001/", "http://localhost:300/", "http://localhost/",
            "http://localhost:3000@evil.example/",
        ] {
            #expect(policy.destination(for: wish) == nil, "\(wish)")
        }
    }

    @Test("the landing URL is used if a request names no allowed URL")
    func landing() throws {
        let policy = try RedirectPolicy(allowed: ["https://app.example.com"], landing: "https://www.example.com/done")
        #expect(policy.destination(for: nil) == "https://www.example.com/done")
        #expect(policy.destination(for: "https://evil.example/") == "https://www.example.com/done")
        #expect(policy.destination(for: "https://app.example.com/a") == "https://app.example.com/a")
        #expect(policy.destination(for: "https://www.example.com/") == "https://www.example.com/done")
    }

    @Test("an empty policy redirects to no URL")
    func none() {
        #expect(RedirectPolicy.none.destination(for: nil) == nil)
        #expect(RedirectPolicy.none.destination(for: "https://app.example.com") == nil)
    }

    @Test(
        "an entry that is not a plain https or http URL is rejected, and the error names it",
        arguments: [
            "", "app.example.com", "//app.example.com", "/a", "https://", "https:///", "https:///a", "https://?a",
            "ftp://app.example.com", "HTTPS://app.example.com", "javascript:alert(1)", "https://user@app.example.com",
            "https://user:pw@app.example.com/", "https://@app.example.com", "https://app.example.com/#a",
            "https://app.example.com#", "https://app.example.com/..", "https://app.example.com/a/%2e%2e",
            "https://app.example.com/./a", "https://app.example.com/a b", " https://app.example.com",
            "https://app.example.com\n", "https://app.example.com\\a", "https://exämple.com",
            "https://app.example.com/\"",
            "https://app.example.com/" + String(repeating: "a", count: 2048), "*",
        ])
    func invalidEntries(_ entry: String) {
        #expect(throws: RedirectPolicy.InvalidEntry(entry: entry)) {
            try RedirectPolicy(allowed: ["https://app.example.com", entry], landing: nil)
        }
        #expect(throws: RedirectPolicy.InvalidEntry(entry: entry)) { try RedirectPolicy(allowed: [], landing: entry) }
    }
}
