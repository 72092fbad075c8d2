// What every program here does, in Rust: see programs.py.
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant};

fn files() -> io::Result<()> {
    File::create("/files/notes")?.write_all(b"first line\n")?;
    OpenOptions::new().append(true).open("/files/notes")?.write_all(b"second line\n")?;
    let mut file = OpenOptions::new().read(true).write(true).open("/files/notes")?;
    let mut buffer = [0; 4];
    file.seek(SeekFrom::Start(6))?;
    file.read_exact(&mut buffer)?;
    println!("at 6: {}", String::from_utf8_lossy(&buffer));
    file.seek(SeekFrom::End(-5))?;
    file.write_all(b"LINE")?;
    drop(file);
    fs::create_dir_all("/files/tree/below")?;
    fs::write("/files/tree/below/leaf", "leaf")?;
    fs::write("/files/tree/gone", "")?;
    fs::rename("/files/notes", "/files/tree/notes")?;
    assert_eq!(fs::metadata("/files/notes").unwrap_err().kind(), io::ErrorKind::NotFound);
    fs::remove_file("/files/tree/gone")?;
    walk(Path::new("/files"))
}

fn walk(path: &Path) -> io::Result<()> {
    let mut entries = fs::read_dir(path)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(|entry| entry.file_name());
    for entry in entries {
        if entry.file_type()?.is_dir() {
            println!("{}/", entry.path().display());
            walk(&entry.path())?;
        } else {
            println!("{} {}", entry.path().display(), entry.metadata()?.len());
        }
    }
    Ok(())
}

fn refusals() -> io::Result<()> {
    let say = |refused: bool, otherwise| if refused { "refused" } else { otherwise };
    println!("outside: {}", say(File::open("/files/../../etc/passwd").is_err(), "open"));
    println!("not given: {}", say(File::open("/etc/passwd").is_err(), "open"));
    println!("read only: {}", say(File::create("/data/new").is_err(), "made"));
    println!("read only: {}", fs::read_to_string("/data/given")?);
    Ok(())
}

fn main() -> io::Result<()> {
    for argument in std::env::args().skip(1) {
        println!("argument {argument}");
    }
    println!("environment {}", std::env::var("GREETING").unwrap());
    files()?;
    refusals()?;
    let before = Instant::now();
    std::thread::sleep(Duration::from_millis(20));
    println!("{}", if before.elapsed() >= Duration::from_millis(20) { "slept" } else { "woke early" });
    for line in io::stdin().lock().lines() {
        println!("input {}", line?);
    }
    std::process::exit(7);
}
