internal import Foundation

/// The mode, owner and size of a file.
struct FileFacts: Equatable {
    let mode: Int
    let ownerID: Int
    let byteCount: Int64

    init(mode: Int, ownerID: Int, byteCount: Int64) {
        self.mode = mode
        self.ownerID = ownerID
        self.byteCount = byteCount
    }

    /// Nil if the file does not exist or its directory cannot be read.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        mode = Int(status.st_mode & 0o7777)
        ownerID = Int(status.st_uid)
        byteCount = Int64(status.st_size)
    }

    /// The path with symbolic links resolved and without a trailing slash.
    static func resolved(_ url: URL) -> String {
        let path = url.standardizedFileURL.resolvingSymlinksInPath().path(percentEncoded: false)
        return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    /// The mode in octal digits, such as `0600`.
    static func text(_ mode: Int) -> String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
