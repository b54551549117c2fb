internal import ArgumentParser

/// Where the sandbox is that a command speaks to.
struct SandboxAddressOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where the sandbox listens.", valueName: "url"))
    var sandbox = ControlClient.defaultAddress

    func validate() throws {
        guard BaseAddress(sandbox) != nil else {
            throw ValidationError("--sandbox must be a URL such as \(ControlClient.defaultAddress).")
        }
    }

    var client: ControlClient {
        get throws {
            guard let address = BaseAddress(sandbox) else { throw ValidationError("--sandbox is no URL.") }
            return ControlClient(address: address)
        }
    }
}

/// `callbox-sandbox trigger`.
struct TriggerCommand: SandboxSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "trigger",
        abstract: "Let a running sandbox deliver something now.",
        discussion: """
            What is delivered goes to --to, else where the link it is about says, else where the provider's console was \
            told; it is signed, retried and recorded like everything else.

            EXAMPLES
              callbox-sandbox trigger klavi.pf_checking_account --external traceId=1 --size 8MB
              callbox-sandbox trigger klavi.consent_authorised --reference 4437b139-8a16-11ee-b636-487b6bad036a
              callbox-sandbox trigger certn-centric.CASE_STATUS_CHANGED --count 100
              callbox-sandbox trigger certificall.certificate --reference case-001 --fault duplicate
              callbox-sandbox trigger ezid.redirect --to http://127.0.0.1:8787/ezid

            EXIT STATUSES
              0   it was handed over; with --wait: every attempt was answered with 2xx
              1   the sandbox refuses; with --wait: an attempt was answered otherwise, or not at all
              64  the command line cannot be understood
              69  no sandbox answers
            """)

    @Argument(help: ArgumentHelp("The provider and its word for what is delivered.", valueName: "provider.kind"))
    var what: String

    @OptionGroup var address: SandboxAddressOptions

    @Option(help: ArgumentHelp("A member of the externalInfo; may stand several times.", valueName: "key=value"))
    var external: [String] = []

    @Option(help: ArgumentHelp("The link, case, applicant or reportToken it is about.", valueName: "id"))
    var reference: String?

    @Option(help: ArgumentHelp("Where to deliver it.", valueName: "url"))
    var to: String?

    @Option(help: ArgumentHelp("The least size of a Klavi report, such as 8MB.", valueName: "size"))
    var size: String?

    @Option(help: "How many to deliver.")
    var count = 1

    @Option(help: ArgumentHelp("What goes wrong with them: \(Fault.spellings).", valueName: "fault"))
    var fault: [String] = []

    @Flag(help: "Wait until every delivery is through, and show the attempts.")
    var wait = false

    func validate() throws {
        guard Trigger.split(what) != nil else {
            throw ValidationError("'\(what)' must be a provider and a kind, such as klavi.pf_checking_account.")
        }
        guard (1...ControlAPI.triggerCountLimit).contains(count) else {
            throw ValidationError("--count must be 1 to \(ControlAPI.triggerCountLimit).")
        }
        if let size, SandboxQuantity.byteCount(size) == nil {
            throw ValidationError("--size must be a size such as 8MB, up to 1GB.")
        }
        for text in fault where Fault(text) == nil { throw ValidationError("--fault must be \(Fault.spellings).") }
        for pair in external where (pair.firstIndex(of: "=") ?? pair.startIndex) == pair.startIndex {
            throw ValidationError("--external needs a key and a value, such as traceId=1.")
        }
    }

    func run(on console: Console) async throws -> SandboxStatus {
        let client = try address.client
        guard let (provider, kind) = Trigger.split(what) else { return .usage }
        var last = 0
        if wait { last = try await client.get("ledger").elements?.last?["number"]?.integer ?? 0 }
        for text in fault {
            _ = try await client.post(
                "faults", ["pattern": .string(what), "fault": .string(text), "count": .integer(count)])
        }
        var body: JSON = ["provider": .string(provider), "kind": .string(kind), "count": .integer(count)]
        if !external.isEmpty { body = body.setting("externalInfo", externalInfo) }
        if let reference { body = body.setting("reference", .string(reference)) }
        if let to { body = body.setting("url", .string(to)) }
        if let byteCount = size.flatMap(SandboxQuantity.byteCount) {
            body = body.setting("byteCount", .integer(byteCount))
        }
        _ = try await client.post("trigger", body)
        guard wait else {
            try console.print("\(count) handed over; 'callbox-sandbox ledger' shows what comes of it")
            return .success
        }
        _ = try await client.post("idle")
        let entries = try await client.get("ledger?after=\(last)").elements ?? []
        for line in LedgerTable.lines(entries) { try console.print(line) }
        return entries.allSatisfy(\.isDelivered) ? .success : .unexpected
    }

    private var externalInfo: JSON {
        external.reduce(JSON.object([])) { info, pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return info.setting(String(parts[0]), .string(parts.count > 1 ? String(parts[1]) : ""))
        }
    }
}

extension JSON {
    /// Whether an entry of the ledger was answered with 2xx.
    var isDelivered: Bool {
        (200...299).contains(self["status"]?.integer ?? 0)
    }
}
