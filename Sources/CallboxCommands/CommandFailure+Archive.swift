package import Journal

extension CommandFailure {
    package init(_ error: ArchiveError) {
        switch error {
        case .missing(let path):
            self.init(
                .missingInput, "there is no archive at \(path)",
                advice: "Start 'callbox serve' to create one, or name another archive with --archive.")
        case .notAnArchive(let path):
            self.init(
                .damagedData, "\(path) is not a Callbox archive",
                advice: "Name the directory of an archive with --archive.")
        case .unknownFormat(let path, let format):
            self.init(
                .damagedData, "\(path) has format \(format), which this version of Callbox does not read",
                advice: "Use the version of Callbox that created the file.")
        case .foreignSchema(let path, let object):
            self.init(
                .damagedData, "\(path) has a \(object) that Callbox did not create",
                advice: "Remove it with the program that added it. Until then, Callbox does not write to the archive.")
        case .logNotRestarted(let path):
            self.init(
                .inputOutput,
                "a write to \(path) failed, and its write-ahead log cannot be reset while a command reads it",
                advice: "End the commands that read the archive, or restart the server.")
        case .damaged(let what):
            self.init(
                .damagedData, what, advice: "Run 'callbox archive verify' to list all damage.")
        case .pruned(let id, let reason):
            self.init(
                .negative, "the body of delivery \(id) was pruned: \(reason)",
                advice: "Its metadata and fields remain: run 'callbox show \(id)'.")
        case .alreadyRecorded(let uuid):
            self.init(
                .negative, "the archive already has a delivery with the UUID \(uuid)",
                advice: "It was not stored again. Find the delivery by its UUID with 'callbox sql'.")
        case .heldByAnother(let path, let processID):
            self.init(
                .tryAgain, "another process" + (processID.map { " (\($0))" } ?? "") + " is writing to \(path)",
                advice: "Stop that process, or wait until it ends.")
        case .cannotOpen(let path, let reason):
            self.init(
                .cannotCreate, "\(path): \(reason)",
                // Some reasons already contain advice, after a semicolon.
                advice: reason.contains("; ") ? nil : "Check the path, its permissions and the free space.")
        case .cannotRead(let path, let reason):
            self.init(
                .missingInput, "cannot read \(path): \(reason)",
                advice: reason.contains("; ") ? nil : "Check the path and its permissions.")
        case .notPermitted(let path, let owner):
            self.init(.missingInput, "cannot open \(path)", notPermittedBy: owner)
        case .notWritable(let path, let owner):
            self.init(.cannotCreate, "cannot write to \(path)", notPermittedBy: owner)
        case .onNetwork(let path, let type):
            self.init(
                .cannotCreate,
                "\(path) is on a network file system (\(type)), where acknowledged deliveries can be lost",
                advice: "Move the archive to a local disk. On a network file system, commands can only read it.")
        case .alreadyThere(let path):
            self.init(.cannotCreate, "the file \(path) already exists", advice: "Choose another name.")
        case .storageFull:
            self.init(
                .systemFailure, "the disk is full", advice: "Free some space. No acknowledged delivery is lost.")
        case .storageFailed(let code):
            self.init(
                .inputOutput, "reading or writing the archive failed (SQLite result \(code))",
                advice: "Check the disk and the system log, then run 'callbox archive verify'.")
        case .isCopy:
            self.init(
                .unavailable, "the archive is a copy and cannot be changed",
                advice:
                    "Run the command on the primary, or make this archive the primary with 'callbox archive promote'."
            )
        case .superseded:
            self.init(
                .unavailable, "another archive took over as the primary, so this archive accepts no entries",
                advice:
                    "Run 'callbox follow --from URL' to copy the new primary, or 'callbox archive promote' to make "
                    + "this archive the primary.")
        case .notPromoted(let reason): self.init(.negative, "the archive cannot become the primary: \(reason)")
        case .notACopy(let reason):
            self.init(.damagedData, "cannot copy: \(reason)", advice: "Pass an empty directory with --archive.")
        case .closed:
            self.init(.tryAgain, "the archive is being closed", advice: "Try again.")
        }
    }

    private init(_ status: ExitStatus, _ message: String, notPermittedBy owner: String?) {
        self.init(
            status, message + ": permission denied" + (owner.map { "; it belongs to \($0)" } ?? ""),
            advice: owner.map { "Run the command as \($0), or name another path." }
                ?? "Check the modes of the file and of its folders.")
    }
}
