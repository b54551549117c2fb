internal import ArgumentParser

/// `callbox-sandbox advance`.
struct AdvanceCommand: SandboxSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "advance",
        abstract: "Put a sandbox's clock forward: tokens expire, retries and reports come due.",
        discussion: """
            EXAMPLES
              callbox-sandbox advance 31m
            """)

    @Argument(help: ArgumentHelp("How far: 250ms, 30s, 31m, 2h, 10d.", valueName: "time"))
    var time: String

    @OptionGroup var address: SandboxAddressOptions

    func validate() throws {
        guard SandboxQuantity.seconds(time) != nil else {
            throw ValidationError("'\(time)' must be a time such as 31m.")
        }
    }

    func run(on console: Console) async throws -> SandboxStatus {
        let seconds = SandboxQuantity.seconds(time) ?? 0
        let status = try await address.client.post("advance", ["seconds": .number(String(seconds))])
        try console.print("it is \(status["now"]?.string ?? "") now")
        return .success
    }
}

/// `callbox-sandbox fault`.
struct FaultCommand: SandboxSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "fault",
        abstract: "Let deliveries of a sandbox go wrong.",
        discussion: """
            EXAMPLES
              callbox-sandbox fault duplicate --on klavi.pf_checking_account --count 1
              callbox-sandbox fault wrong-signature --on 'certn-centric.*'
              callbox-sandbox fault delay=2s
              callbox-sandbox fault --clear
            """)

    @Argument(help: ArgumentHelp("\(Fault.spellings).", valueName: "fault"))
    var fault: String?

    @Option(help: ArgumentHelp("Which deliveries: klavi.pf_checking_account, klavi.*, *.", valueName: "pattern"))
    var on = "*"

    @Option(help: ArgumentHelp("How many of them; all to come without it.", valueName: "n"))
    var count: Int?

    @Flag(help: "Let nothing go wrong any more.")
    var clear = false

    @OptionGroup var address: SandboxAddressOptions

    func validate() throws {
        guard (fault != nil) != clear else { throw ValidationError("Give a fault or --clear.") }
        if let fault, Fault(fault) == nil { throw ValidationError("'\(fault)' must be \(Fault.spellings).") }
        if let count, count < 1 { throw ValidationError("--count must be at least 1.") }
    }

    func run(on console: Console) async throws -> SandboxStatus {
        let client = try address.client
        if let fault {
            var body: JSON = ["pattern": .string(on), "fault": .string(fault)]
            if let count { body = body.setting("count", .integer(count)) }
            _ = try await client.post("faults", body)
        } else {
            _ = try await client.delete("faults")
        }
        let faults = try await client.get("status")["faults"]?.elements ?? []
        for fault in faults {
            let count = fault["count"]?.integer.map { "the next \($0)" } ?? "all"
            try console.print("\(fault["fault"]?.string ?? "") on \(fault["pattern"]?.string ?? ""): \(count)")
        }
        if faults.isEmpty { try console.print("nothing goes wrong") }
        return .success
    }
}

/// `callbox-sandbox register`.
struct RegisterCommand: SandboxSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "register",
        abstract: "Tell an imitated provider where to deliver, as one would in its console.",
        discussion: """
            Centric asks the URL for its challenge first, and delivers nothing where the answer is wrong.

            EXAMPLES
              callbox-sandbox register klavi http://127.0.0.1:8787/klavi
              callbox-sandbox register certificall http://127.0.0.1:8787/certificall --scheme bearer
            """)

    @Argument(help: "klavi, certn-legacy, certn-centric or certificall.")
    var provider: String

    @Argument(help: ArgumentHelp("The callback URL, on this machine.", valueName: "url"))
    var url: String

    @Option(help: "Certificall's proof: bearer, hmac or basic.")
    var scheme: String?

    @OptionGroup var address: SandboxAddressOptions

    func run(on console: Console) async throws -> SandboxStatus {
        var body: JSON = ["provider": .string(provider), "url": .string(url)]
        if let scheme { body = body.setting("scheme", .string(scheme)) }
        _ = try await address.client.post("register", body)
        try console.print("\(provider) delivers to \(url)")
        return .success
    }
}
