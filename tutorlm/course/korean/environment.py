"""What `environment` says, in Korean."""

PHRASES = {
    "All is well.": "모두 정상입니다.",
    "The course can run": "과정을 실행할 수 있습니다",
    "Fix the failed checks before you begin": "시작하기 전에 FAIL 항목을 고쳐 주세요",
    "{} (failed: {}, warnings: {}). The arrows say what to do.": ("{}(실패 {}개, 경고 {}개). 화살표를 따라 해 보세요."),
    "where": "실행 환경",
    "processor": "프로세서",
    "accelerator": "가속기",
    "speed": "속도",
    "memory": "메모리",
    "disk": "디스크",
    "folder": "폴더",
    "models": "모델",
    "sample corpus": "예제 말뭉치",
    "could not be checked ({})": "점검하지 못했습니다({})",
    "{} (the versions required are not known here)": "{}(필요한 버전을 여기서는 알 수 없습니다)",
    "{}; not compared with {}, since packaging is not installed": (
        "{}. packaging이 설치되어 있지 않아 {}[과/와] 비교하지 못했습니다"
    ),
    "pip install packaging, then run this check again": "pip install packaging을 실행하고 다시 점검해 보세요",
    "{}; cannot be compared with {}": "{}. {}[과/와] 비교할 수 없습니다",
    "{}; {} is needed": "{}. {}[이/가] 필요합니다",
    "make an environment with Python {}": "Python {} 환경을 만드세요",
    'pip install "{}{}" (in a notebook: %pip), then restart the kernel': (
        'pip install "{}{}"(노트북에서는 %pip)를 실행하고 커널을 다시 시작하세요'
    ),
    "not installed": "설치되어 있지 않습니다",
    "cannot be imported ({})": "import할 수 없습니다({})",
    "{}; notebooks open in Colab, VS Code and others too": "{}. 노트북은 Colab, VS Code 등에서도 열립니다",
    "{}; notebooks need it": "{}. 노트북에 필요합니다",
    "download what you want to keep (my_models/): this machine is deleted when you leave": (
        "남기고 싶은 것(my_models/)은 내려받으세요. 나가면 이 컴퓨터의 내용은 지워집니다"
    ),
    "download what you want to keep (my_models/): this machine is deleted after a pause": (
        "남기고 싶은 것(my_models/)은 내려받으세요. 한동안 쓰지 않으면 이 컴퓨터의 내용은 지워집니다"
    ),
    "neither Colab nor Binder": "Colab도 Binder도 아닙니다",
    "{} cores": "코어 {}개",
    "1 core": "코어 1개",
    "{}, but torch uses {} threads, which slow each other down": (
        "{}. 그런데 torch가 스레드 {}개를 써서 서로 느려집니다"
    ),
    "set OMP_NUM_THREADS={} before Python starts": "파이썬을 시작하기 전에 OMP_NUM_THREADS={}[으로/로] 정하세요",
    "{}, of which torch uses {}": "{}. torch는 {}개를 씁니다",
    "not checked without torch": "torch가 없어 점검하지 않았습니다",
    "none; the course needs none": "없음. 이 과정에는 필요 없습니다",
    "not measured without torch": "torch가 없어 재지 않았습니다",
    "{}; times in the notebooks will be about right": "{}. 노트북에 적힌 시간과 비슷하게 걸립니다",
    "{}; the notebooks' times were measured at {}": "{}. 노트북에 적힌 시간은 {} GFLOP/s에서 쟀습니다",
    "{}: models get less far in the same time": "{}. 같은 시간에 모델이 덜 훈련됩니다",
    "close other programs and kernels, or give training more seconds (max_seconds)": (
        "다른 프로그램과 커널을 닫거나 훈련 시간(max_seconds)을 늘리세요"
    ),
    "{}: training takes several times as long": "{}. 훈련에 몇 배 더 오래 걸립니다",
    "unknown on this system": "이 시스템에서는 알 수 없습니다",
    "shut down kernels you do not use: a kernel that runs out of memory restarts without a message": (
        "쓰지 않는 커널을 끄세요. 메모리가 모자란 커널은 아무 말 없이 다시 시작됩니다"
    ),
    "free some space: notebooks keep models in my_models/ and corpora in my_corpora/": (
        "공간을 비우세요. 노트북은 모델을 my_models/에, 말뭉치를 my_corpora/에 둡니다"
    ),
    "{} GB free": "{} GB 남음",
    "start Jupyter in a folder of your own, such as a copy of this one in your home folder": (
        "홈 폴더에 둔 복사본처럼 쓸 수 있는 폴더에서 Jupyter를 시작하세요"
    ),
    "the root": "최상위 폴더",
    "not writable ({})": "쓸 수 없습니다({})",
    "{} can be written to": "{}에 쓸 수 있습니다",
    "install the package again: its files in tutorlm/models are missing or incomplete": (
        "패키지를 다시 설치하세요. tutorlm/models의 파일이 없거나 온전하지 않습니다"
    ),
    "the models that ship with the package are missing": "패키지에 든 모델이 없습니다",
    "{}: incomplete": "{}: 온전하지 않습니다",
    "`python -m tutorlm course my_course` copies the notebooks and their texts into a folder of your own": (
        "`python -m tutorlm course my_course`[으로/로] 노트북과 글을 여러분의 폴더에 복사할 수 있습니다"
    ),
    "{}: they read ../data/sample_corpus": "{}. 노트북은 ../data/sample_corpus를 읽습니다",
    "no folder data/sample_corpus": "data/sample_corpus 폴더가 없습니다",
}
