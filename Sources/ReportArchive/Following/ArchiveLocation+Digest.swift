internal import Crypto
internal import Deliveries
internal import Foundation

extension ArchiveLocation {
    /// 32 hexadecimal digits that stand for the file's real path, whatever links led to it: a name for what is kept about it
    /// elsewhere. Nil where there is no file.
    package var pathDigest: String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        let digest = SHA256.hash(data: Array(String(cString: resolved).utf8))
        return Hex.encode(digest.prefix(16))
    }
}
