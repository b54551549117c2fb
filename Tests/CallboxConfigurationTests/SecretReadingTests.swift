import Foundation
import TestKit
import Testing

@testable import CallboxConfiguration
@testable import Providers

@Suite("Reading secrets")
struct SecretReadingTests {
    private static let key = "0123456789abcdef"

    private static func reference(_ place: SecretReference.Place) -> SecretReference {
        SecretReference(name: "primary", purpose: .signature, identity: nil, place: place)
    }

    private static func variable(_ value: String?) throws -> Secret? {
        try reference(.environment("KEY")).secret(value.map { ["KEY": $0] } ?? [:])
    }

    /// Reads the same bytes from a variable and from a file.
    private static func readings(_ bytes: [UInt8]) throws -> [Result<[UInt8]?, any Error>] {
        try TemporaryFolder.with { folder in
            let path = folder.path(of: "secret")
            try Data(bytes).write(to: URL(filePath: path))
            return [
                Result { try variable(String(decoding: bytes, as: UTF8.self))?.bytes },
                Result { try reference(.file(path)).secret([:])?.bytes },
            ]
        }
    }

    @Test(
        "line breaks after a secret are removed, both in a variable and in a file",
        arguments: ["s3cret", "s3cret\n", "s3cret\r\n", "s3cret\r", "s3cret\n\n", "s3cret\r\n\n"])
    func lineEnd(text: String) throws {
        for reading in try Self.readings(Array(text.utf8)) { #expect(try reading.get() == Array("s3cret".utf8)) }
    }

    @Test("a named pipe without a writer is read as an empty file and does not block")
    func namedPipe() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path(of: "pipe")
            try #require(mkfifo(path, 0o600) == 0)
            let failure = #expect(throws: ConfigurationError.self) { try Self.reference(.file(path)).secret([:]) }
            #expect(failure?.message.hasSuffix("it is empty") == true)
        }
    }

    @Test(
        "typical copying mistakes are reported with their fix",
        arguments: [
            ("", "it is empty", "Set it to the secret that the provider shows."),
            ("\n", "it is empty", "Set it to the secret that the provider shows."),
            (" s3cret", "it begins or ends with white space", "Remove the white space."),
            ("s3cret\t\n", "it begins or ends with white space", "Remove the white space."),
            (
                "a\nb", "it has several lines",
                "Store each secret in its own variable or file, and list all secrets under 'secrets'."
            ),
            ("\"s3cret\"", "it is in quotes", "Remove the quotes."),
            ("'s3cret'\n", "it is in quotes", "Remove the quotes."),
            (
                "\u{feff}s3cret", "it begins with a byte order mark",
                "Save it as UTF-8 without a byte order mark. In PowerShell, use 'Set-Content -Encoding ascii'."
            ),
            (
                "s\0e\0c\0", "it is saved as UTF-16",
                "Save it as UTF-8 without a byte order mark. In PowerShell, use 'Set-Content -Encoding ascii'."
            ),
            ("\u{a0}s3cret", "it begins or ends with white space", "Remove the white space."),
            (
                "s3c\u{200b}ret", "it has an invisible character (U+200B)",
                "Type the secret, or copy it again from the provider's page."
            ),
            (
                "s3c\tret", "it has an invisible character (U+0009)",
                "Type the secret, or copy it again from the provider's page."
            ),
            ("“s3cret”", "it is in quotes", "Remove the quotes."),
            ("\"s3cret", "it begins or ends with a quotation mark", "Remove the quotation mark."),
            (
                "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n", "it is a public key (PEM)",
                "Use the shared signing secret that the provider shows."
            ),
            (
                "-----BEGIN EC PRIVATE KEY-----\nMFkw\n", "it is a private key (PEM)",
                "Use the shared signing secret that the provider shows."
            ),
            (
                "whsk_QUJD", "it is a private key (whsk_) of asymmetric signatures",
                "Use the signing secret, which begins with whsec_."
            ),
            (
                "KEY=s3cret", "it begins with the name of a variable",
                "Remove everything up to and including the equals sign."
            ),
            (
                "export CALLBOX_KLAVI_SECRET=s3cret", "it begins with the name of a variable",
                "Remove everything up to and including the equals sign."
            ),
            (
                "export KLAVI=s3cret", "it begins with the name of a variable",
                "Remove everything up to and including the equals sign."
            ),
            (
                #"{"secret":"s3cret"}"#, "it is JSON", "Keep only the value of the secret, without its name and quotes."
            ),
            (
                "secretKey: s3cret", "it begins with a name and a colon",
                "Remove everything up to and including the colon."
            ),
            ("Bearer s3cret", "it begins with 'Bearer'", "Remove the word; Callbox adds it."),
            (
                "0123456789abcdef,fedcba9876543210", "it holds several secrets",
                "Store each secret in its own variable or file, and list all secrets under 'secrets'."
            ),
            (
                "${SECRET}", "it is a template that was not filled in",
                "Replace it with the secret that the provider shows."
            ),
            (
                "$SECRET", "it is a template that was not filled in",
                "Replace it with the secret that the provider shows."
            ),
            (
                "{{ .secret }}", "it is a template that was not filled in",
                "Replace it with the secret that the provider shows."
            ),
            (
                "<secret>", "it is a template that was not filled in",
                "Replace it with the secret that the provider shows."
            ),
            ("changeme", "it is a placeholder", "Replace it with the secret that the provider shows."),
            ("your-secret-here", "it is a placeholder", "Replace it with the secret that the provider shows."),
            (
                "op://vault/klavi/secret", "it is a reference to a secret store; Callbox does not resolve references",
                "Configure the secret store to write the secret to the variable or file."
            ),
            (
                "••••••••••••••••", "it is masked or truncated",
                "Reveal the secret on the provider's page and copy all of it."
            ),
            (
                "whsec_MfKQ…", "it is masked or truncated",
                "Reveal the secret on the provider's page and copy all of it."
            ),
            ("v1,whsec_QUJD", "it begins with a version", "Remove everything before whsec_."),
            (
                "v1a,whpk_QUJD", "it is a key of asymmetric signatures (v1a)",
                "Use the signing secret, which begins with whsec_."
            ),
            ("whpk_QUJD", "it is a public key (whpk_)", "Use the signing secret, which begins with whsec_."),
            (
                "whsec_QUJD,whsec_REVG", "it holds several secrets",
                "Store each secret in its own variable or file, and list all secrets under 'secrets'."
            ),
            (
                "whsec_QUJD REVG", "it holds several secrets",
                "Store each secret in its own variable or file, and list all secrets under 'secrets'."
            ),
        ])
    func fault(text: String, message: String, advice: String) throws {
        for reading in try Self.readings(Array(text.utf8)) {
            let failure = #expect(throws: ConfigurationError.self) { try reading.get() }
            #expect(failure?.message.hasPrefix("secret 'primary' (") == true)
            #expect(failure?.message.hasSuffix("): \(message)") == true)
            #expect(failure?.advice == advice)
        }
    }

    @Test(
        "unusual secrets are accepted",
        arguments: [
            "It's a Secret to Everybody", "correct horse battery staple", "a=b==", "MZXW6YTBOI======",
            "c2VjcmV0c2VjcmV0PT0=",
            "pass,word;x|y",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "$ecret-with-dollar", "<", "100%", "xoxb-1-2", "senhaçã",
            "sk_live_x",
        ])
    func accepted(text: String) throws {
        for reading in try Self.readings(Array(text.utf8)) { #expect(try reading.get() == Array(text.utf8)) }
    }

    @Test("a note about a removed line break names the variable or file")
    func notes() throws {
        var settings = SourceSettings(name: "klavi", provider: KlaviProvider(), path: "/klavi")
        settings.secrets = [.variable("new", "A", .signature), .variable("old", "B", .signature)]
        var configuration = CallboxConfiguration()
        configuration.sources = [settings]
        #expect(
            configuration.secretNotes(["A": Self.key + "\r\n", "B": Self.key]) == [
                "source klavi: the line break at the end of secret 'new' (variable A) is not part of the secret"
            ])
    }

    @Test("API credentials are checked if they are set")
    func credentials() throws {
        let yaml = "sources: {klavi: {secrets: [{env: K}]}}"
        func read(_ credential: String?) throws {
            _ = try ConfigurationFile.parse(
                yaml, file: "c.yaml",
                checkingSecretsIn: ["K": Self.key, "CALLBOX_KLAVI_ACCESS_KEY": credential].compactMapValues(\.self))
        }
        try read(nil)
        try read("access\n")
        let failure = #expect(throws: ConfigurationError.self) { try read(" access") }
        #expect(
            failure?.message
                == "c.yaml: api klavi, secret 'access-key' (variable CALLBOX_KLAVI_ACCESS_KEY): it begins or ends with white space"
        )
    }

    @Test("a secret file may contain any bytes, up to 64 KiB")
    func binary() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path(of: "secret")
            try Data([0x00, 0xff, 0xc3, 0x0a]).write(to: URL(filePath: path))
            #expect(try Self.reference(.file(path)).secret([:])?.bytes == [0x00, 0xff, 0xc3])
            try Data(count: 64 * 1024 + 1).write(to: URL(filePath: path))
            #expect(throws: ConfigurationError.self) { try Self.reference(.file(path)).secret([:]) }
        }
    }

    @Test("the error for a missing variable suggests the nearest existing name")
    func missingVariable() {
        #expect(
            throws: ConfigurationError.invalid(
                "secret 'primary' (variable KEY): the environment variable is not set",
                advice: "Set the variable in the environment of callbox, or use 'file' instead of 'env'.")
        ) { try Self.variable(nil) }
        #expect(
            throws: ConfigurationError.invalid(
                "secret 'primary' (variable CALLBOX_SECRET): the environment variable is not set",
                advice: "Did you mean 'CALLBOX_SECRETS', which is set?")
        ) { try Self.reference(.environment("CALLBOX_SECRET")).secret(["CALLBOX_SECRETS": "x"]) }
    }

    @Test("the error for an unreadable file contains the reason")
    func missingFile() throws {
        try TemporaryFolder.with { folder in
            for (path, reason) in [
                (folder.path(of: "missing"), "no such file or directory"), (folder.path, "is a directory"),
            ] {
                #expect(
                    throws: ConfigurationError.invalid(
                        "secret 'primary' (file \(path)): the file cannot be read: \(reason)",
                        advice: "Check the path and its permissions.")
                ) { try Self.reference(.file(path)).secret([:]) }
            }
        }
    }

    @Test(
        "a key of less than 16 bytes after decoding is rejected",
        arguments: [
            ("klavi", "0123456789abcde", "its key has 15 bytes, but at least 16 are required"),
            ("klavi", "0123456789abcdef", nil),
            ("certificall", "0123456789abcde", "its key has 15 bytes, but at least 16 are required"),
            ("standard-webhooks", "whsec_", "its key has 0 bytes, but at least 16 are required"),
            ("standard-webhooks", "whsec_MDEyMzQ1Njc4OWFiY2Q=", "its key has 14 bytes, but at least 16 are required"),
            ("standard-webhooks", "whsec_MDEyMzQ1Njc4OWFiY2RlZg==", nil),
            ("standard-webhooks", "0123456789abcdef%", "it is not base64"),
        ])
    func shortKey(provider: String, value: String, message: String?) throws {
        let yaml = "sources: {x: {provider: \(provider), secrets: [{name: k, env: K}]}}"
        func read() throws { _ = try ConfigurationFile.parse(yaml, file: "c.yaml", checkingSecretsIn: ["K": value]) }
        guard let message else { return try read() }
        let failure = #expect(throws: ConfigurationError.self) { try read() }
        #expect(failure?.message == "c.yaml: source x, secret 'k' (variable K): \(message)")
    }

    @Test("a password of Basic authentication may be short")
    func password() throws {
        let yaml = "sources: {certificall: {secrets: [{env: K, for: basic, identity: hook}]}}"
        _ = try ConfigurationFile.parse(yaml, file: "c.yaml", checkingSecretsIn: ["K": "pw"])
    }

    @Test("several secrets keep their order, names and identities")
    func several() throws {
        var settings = SourceSettings(name: "certificall", provider: CertificallProvider(), path: "/certificall")
        settings.secrets = [
            .variable("new", "A", .bearer), .variable("old", "B", .bearer),
            SecretReference(name: "key", purpose: .hmac, identity: "id", place: .environment("A")),
        ]
        settings.toleranceMilliseconds = 7
        let other = String(Self.key.reversed())
        let source = try #require(try settings.source(environment: ["A": Self.key, "B": other]))
        #expect(
            source.originPolicy.proofs == [
                "new bearer - \(Self.key) 7", "old bearer - \(other) 7", "key hmac id \(Self.key) 7",
            ])
    }

    @Test("an empty default secret is rejected rather than ignored")
    func emptyDefaultSecret() {
        let failure = #expect(throws: ConfigurationError.self) {
            try SourceTable(CallboxConfiguration(), environment: ["CALLBOX_KLAVI_SECRET": ""])
        }
        #expect(failure?.message.hasSuffix("(variable CALLBOX_KLAVI_SECRET): it is empty") == true)
    }

    @Test("the description of a secret does not show its bytes")
    func descriptions() throws {
        let secret = try #require(try Self.variable("hunter2"))
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), dumped] {
            #expect(text.contains("primary"))
            #expect(!text.contains("hunter2"))
        }
    }
}
