internal import ArgumentParser
internal import StrictJSON
internal import TerminalOutput

struct LedgerCommand: SandboxSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "List the requests of a sandbox and their responses.")

    @OptionGroup var address: SandboxAddressOptions

    @Option(help: ArgumentHelp("Show only attempts after this number.", valueName: "n"))
    var after = 0

    @Flag(help: "Wait until no delivery or retry is pending.")
    var idle = false

    @Flag(help: "Print one JSON object per attempt.")
    var json = false

    func run(on console: Console) async throws -> SandboxStatus {
        if idle { try await address.client.run(["idle": nil]) }
        let entries = try await address.client.get("ledger?after=\(after)").elements ?? []
        for line in json ? entries.map(\.compact) : DeliveryLedger.table(entries, console) { try console.print(line) }
        return .success
    }
}

struct AdvanceCommand: SandboxSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "advance", abstract: "Advance a sandbox's clock to expire tokens and trigger retries and reports.")

    @Argument(help: ArgumentHelp("Time to advance, such as 250ms, 30s, 31m, 2h or 10d.", valueName: "time"))
    var time: String

    @OptionGroup var address: SandboxAddressOptions

    func validate() throws {
        guard Quantity.seconds(time) != nil else { throw ValidationError("'\(time)' is not a duration such as 31m.") }
    }

    func run(on console: Console) async throws -> SandboxStatus {
        let status = try await address.client.run(["advance": "\(time)"])
        try console.print("it is \(status["now"]?.string ?? "") now")
        return .success
    }
}

struct FaultCommand: SandboxSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "fault", abstract: "Inject faults into a sandbox's deliveries.")

    @Argument(help: ArgumentHelp("\(Fault.spellings).", valueName: "fault"))
    var fault: String?

    @Option(
        help: ArgumentHelp(
            "Affected deliveries, such as klavi.pf_checking_account, klavi.* or *.", valueName: "pattern"))
    var on = "*"

    @Option(help: ArgumentHelp("Number of affected deliveries. (default: all)", valueName: "n"))
    var count: Int?

    @Flag(help: "End all faults.")
    var clear = false

    @OptionGroup var address: SandboxAddressOptions

    func validate() throws {
        guard (fault != nil) != clear else { throw ValidationError("Pass a fault or --clear.") }
        if let fault, Fault(fault) == nil { throw ValidationError("'\(fault)' must be \(Fault.spellings).") }
        if let count, count < 1 { throw ValidationError("--count must be at least 1.") }
    }

    func run(on console: Console) async throws -> SandboxStatus {
        var step: JSON = ["clear-faults": nil]
        if let fault {
            step = ["fault": "\(fault)", "on": "\(on)"]
            if let count { step = step.setting("count", .integer(count)) }
        }
        let faults = try await address.client.run(step)["faults"]?.elements ?? []
        for fault in faults {
            let count = fault["count"]?.integer.map { "the next \($0)" } ?? "all"
            try console.print("\(fault["fault"]?.string ?? "") on \(fault["on"]?.string ?? ""): \(count)")
        }
        if faults.isEmpty { try console.print("no faults") }
        return .success
    }
}

struct RegisterCommand: SandboxSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "register",
        abstract: "Set a provider's callback URL, as in its console.",
        discussion: "Centric sends its challenge to the URL first, and delivers nothing if the response is wrong.")

    @Argument(help: "klavi, certn-legacy, certn-centric or certificall.")
    var provider: String

    @Argument(help: ArgumentHelp("The callback URL, on this machine.", valueName: "url"))
    var url: String

    @Option(help: "Certificall's authentication scheme: bearer, hmac or basic.")
    var scheme: String?

    @OptionGroup var address: SandboxAddressOptions

    func run(on console: Console) async throws -> SandboxStatus {
        let step: JSON = ["register": "\(provider)", "to": "\(url)"]
        try await address.client.run(scheme.map { step.setting("scheme", .string($0)) } ?? step)
        try console.print("\(provider) delivers to \(url)")
        return .success
    }
}
