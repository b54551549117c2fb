import ArgumentParser
import Deliveries
import Foundation
import Providers
import TestKit
import Testing

@testable import CallboxCommands

@Suite("Secrets for sign and verify")
struct SecretOptionsTests {
    private static func secrets(_ arguments: [String], for purpose: SecretPurpose = .signature) throws -> [Secret] {
        try SecretOptions.parse(arguments).secrets(for: purpose)
    }

    private static let file = ProjectFolder.samples.appending(path: "secrets/klavi").path()

    @Test("sign and verify fail without a secret")
    func none() {
        #expect(
            throws: CommandFailure(.usage, "no secret was passed", advice: "Pass --secret-env or --secret-file.")
        ) { try Self.secrets([]) }
    }

    @Test("a secret on the command line is rejected")
    func argument() {
        #expect(throws: (any Error).self) { try SecretOptions.parse(["--secret", "hush"]) }
    }

    @Test(
        "--identity is required if the scheme needs a name in addition to the secret",
        arguments: [(SecretPurpose.hmac, "API key"), (.basic, "user name")])
    func identity(purpose: SecretPurpose, name: String) throws {
        #expect(
            throws: CommandFailure(
                .usage, "this scheme needs --identity", advice: "That is the \(name).")
        ) { try Self.secrets(["--secret-file", Self.file], for: purpose) }
        let secrets = try Self.secrets(["--secret-file", Self.file, "--identity", "me"], for: purpose)
        #expect(secrets.map(\.identity) == ["me"])
        #expect(secrets.map(\.purpose) == [purpose])
    }

    @Test("the error for a missing variable or file contains its name")
    func missing() {
        let variable = #expect(throws: CommandFailure.self) {
            try Self.secrets(["--secret-env", "CALLBOX_TEST_NOWHERE"])
        }
        #expect(variable?.message.contains("CALLBOX_TEST_NOWHERE") == true)
        let file = #expect(throws: CommandFailure.self) { try Self.secrets(["--secret-file", "/nowhere/at-all"]) }
        #expect(file?.message.contains("/nowhere/at-all") == true)
    }

    @Test("several secrets are accepted, each with the name of its variable or file")
    func several() throws {
        let secrets = try Self.secrets(["--secret-file", Self.file, "--secret-file", Self.file])
        #expect(secrets.map(\.name) == [Self.file, Self.file])
    }

    @Test("a scheme is selected by its name, and the nearest name is suggested")
    func schemes() throws {
        let options = try ConfigurationOptions.parse([
            "--config", ProjectFolder.samples.appending(path: "callbox.yaml").path(),
        ])
        #expect(try SchemeChoice.scheme(named: "certn-legacy", options).name == "certn-legacy")
        let near = #expect(throws: CommandFailure.self) { try SchemeChoice.scheme(named: "klavy", options) }
        #expect(near?.message == "there is no scheme 'klavy'")
        #expect(near?.advice == "Did you mean 'klavi'?")
    }
}
