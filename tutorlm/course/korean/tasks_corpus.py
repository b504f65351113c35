"""What `tasks.corpus` says, in Korean."""

PHRASES = {
    # batchify
    "Write `batchify(ids, B)`. Cut an array of n numbers into B parts of equal length and lay them side by side, "
    "one in each column. The result has shape (n // B, B); the last n mod B numbers are left out.": (
        "`batchify(ids, B)`를 작성하세요. 숫자 n개가 든 배열을 길이가 같은 토막 B개로 잘라, 한 열에 하나씩 나란히 "
        "놓습니다. 결과의 모양은 (n // B, B)이고, 마지막 n mod B개는 뺍니다."
    ),
    "How many rows are there? Keep only as many numbers as fill them.": (
        "행은 몇 개일까요? 그 행을 꽉 채우는 만큼만 숫자를 남기세요."
    ),
    "`reshape` fills row by row. So make B rows first, with one part of the stream in each.": (
        "`reshape`는 한 행씩 채웁니다. 그러니 먼저 행을 B개 만들어 행마다 스트림의 토막을 하나씩 담으세요."
    ),
    "`ids[: rows * B].reshape(B, rows)` has the parts in rows; `.T` turns rows into columns.": (
        "`ids[: rows * B].reshape(B, rows)`를 쓰면 토막이 행마다 하나씩 놓이고, `.T`를 붙이면 행이 열이 됩니다."
    ),
    "Nothing is left: if the rest is 0, `ids[:-0]` is empty. Count the rows first, n // B, and keep rows * B.": (
        "아무것도 남지 않았습니다. 나머지가 0이면 `ids[:-0]`은 비어 있습니다. 행의 수 n // B를 먼저 세고, rows * "
        "B개를 남기세요."
    ),
    "Your result has the shape (B, rows): every part is in a row. Turn it with .T, and the rows become columns.": (
        "결과의 모양이 (B, rows)입니다. 토막이 저마다 행에 놓였습니다. .T로 돌리면 행이 열이 됩니다."
    ),
    "The stream runs across your rows, so the character below another is not the one after it. Each column should "
    "hold one part of the stream, to be read downwards: reshape to (B, rows), then .T.": (
        "스트림이 행을 따라 옆으로 흐릅니다. 그래서 어떤 문자의 바로 아래에 그다음 문자가 있지 않습니다. 열마다 "
        "스트림의 토막이 하나씩 있어 아래로 읽을 수 있어야 합니다. (B, rows)로 reshape한 다음 .T를 쓰세요."
    ),
    "You leave out the first characters. Those that do not fit are the last n mod B.": (
        "처음 문자들을 뺐습니다. 들어맞지 않아 빼야 하는 것은 마지막 n mod B개입니다."
    ),
    "You fill up the last row. A model would be trained on the padding: leave out the last n mod B.": (
        "마지막 행을 다른 값으로 채웠습니다. 그러면 모델이 채운 값까지 배웁니다. 마지막 n mod B개는 빼세요."
    ),
    "Read downwards, every column is running text. So what the model remembers at the end of one window is just "
    "what it needs at the beginning of the next.": (
        "아래로 읽으면 어느 열이나 죽 이어지는 글입니다. 그래서 창이 끝날 때 모델이 기억하는 것이 다음 창의 시작에 꼭 "
        "필요한 기억입니다."
    ),
    # count_windows
    "Write `count_windows(n, B, T)`: in how many windows are n characters read, in B columns and T rows at a time, "
    "the last window perhaps shorter? Thanks to the row on top, every row is a target.": (
        "`count_windows(n, B, T)`를 작성하세요. 문자 n개를 열 B개에서 한 번에 T행씩 읽으면 창은 몇 개일까요? 마지막 "
        "창은 짧을 수도 있습니다. 맨 위에 놓은 행 덕분에 모든 행이 정답이 됩니다."
    ),
    "Begin with the number of rows. What does not fill a whole row is left out.": (
        "행의 수부터 구하세요. 한 행을 다 채우지 못하는 것은 뺍니다."
    ),
    "Then take the rows T at a time. What remains at the end is a window too.": (
        "그런 다음 행을 T개씩 묶으세요. 끝에 남은 것도 창입니다."
    ),
    "`math.ceil(rows / T)`, with `rows = n // B`.": "`rows = n // B`로 두고 `math.ceil(rows / T)`입니다.",
    "A count is a whole number. Use // or math.ceil, which give an int.": (
        "개수는 정수입니다. int를 돌려주는 //나 math.ceil을 쓰세요."
    ),
    "That is one column after the other. B columns are read side by side: a window is T rows of all of them.": (
        "열을 하나씩 차례로 읽을 때의 수입니다. 열 B개를 나란히 읽으므로, 창은 모든 열에서 가져온 T개의 행입니다."
    ),
    "The last row counts too: with the row that the trainer puts on top, all n // B rows are targets.": (
        "마지막 행도 셉니다. 트레이너가 맨 위에 행을 하나 놓으므로 n // B개의 행이 모두 정답입니다."
    ),
    "The last window may be shorter than T, but it is trained on too. Round up.": (
        "마지막 창은 T보다 짧을 수 있지만 역시 훈련에 씁니다. 올림하세요."
    ),
    "The n mod B characters left over make no row. First find the number of whole rows, n // B.": (
        "남은 n mod B개의 문자는 행이 되지 못합니다. 꽉 찬 행의 수 n // B를 먼저 구하세요."
    ),
    "That is one too many where the rows fill the last window. `math.ceil` rounds up only if there is a rest.": (
        "행이 마지막 창까지 꼭 맞게 채울 때는 하나가 많습니다. `math.ceil`은 나머지가 있을 때만 올립니다."
    ),
    "That is the number of rows. A window takes T of them.": "행의 수입니다. 창 하나는 행을 T개 가져갑니다.",
    "Twice as many columns make half as many steps. Each learns from more text, but there are fewer of them. (The "
    "trainer cuts the first window short at random, which may make one more.)": (
        "열이 두 배면 스텝은 절반입니다. 한 스텝이 배우는 글은 많아지지만 스텝의 수가 줄어듭니다. (트레이너가 첫 창을 "
        "무작위로 짧게 잘라서 창이 하나 더 생길 수 있습니다.)"
    ),
    # window
    "Write `window(columns, start, T)`, which returns a tuple of two arrays: the inputs, T rows of `columns` from "
    "row `start` on, and the targets, for each input the character that comes next. At the end of `columns` both "
    "are shorter: the very last row has no next character, so it cannot be an input.": (
        "배열 두 개를 튜플로 돌려주는 `window(columns, start, T)`를 작성하세요. 첫째는 입력으로, `columns`의 "
        "`start`행부터 T개의 행입니다. 둘째는 정답으로, 입력마다 바로 다음에 오는 문자입니다. `columns`의 끝에서는 둘 "
        "다 짧아집니다. 맨 마지막 행은 다음 문자가 없으니 입력이 될 수 없습니다."
    ),
    "The next character is one row further down in the same column.": "다음 문자는 같은 열의 한 행 아래에 있습니다.",
    "Inputs are rows start to stop, targets rows start + 1 to stop + 1. What is stop near the end?": (
        "입력은 start에서 stop까지, 정답은 start + 1에서 stop + 1까지의 행입니다. 끝 가까이에서 stop은 얼마일까요?"
    ),
    "`stop = min(start + T, len(columns) - 1)`.": "`stop = min(start + T, len(columns) - 1)`입니다.",
    "Give back two arrays: the inputs, then the targets.": "배열 두 개를 입력, 정답 순서로 돌려주세요.",
    "The two are exchanged: inputs first, then targets.": "둘의 순서가 바뀌었습니다. 입력이 먼저, 정답이 나중입니다.",
    "Inputs and targets are the same: from these a model learns to copy. The target is the *next* character.": (
        "입력과 정답이 똑같습니다. 이렇게 하면 모델은 베끼는 법을 배웁니다. 정답은 *다음* 문자입니다."
    ),
    "Your targets are the characters before the inputs. Shift the other way: one row on.": (
        "정답이 입력의 앞 문자입니다. 반대쪽으로, 한 행 아래로 미세요."
    ),
    "You shift to the next column. The next character is in the next row, below.": (
        "옆 열로 밀었습니다. 다음 문자는 한 행 아래에 있습니다."
    ),
    "You cut the targets out of the same T rows, so one row is lost. The targets reach one row further down.": (
        "정답까지 같은 T개의 행에서 잘라서 한 행을 잃었습니다. 정답은 한 행 더 아래까지 갑니다."
    ),
    "The last row of all has no next character: stop the inputs one row earlier, at len(columns) - 1.": (
        "맨 마지막 행은 다음 문자가 없습니다. 입력을 한 행 앞, len(columns) - 1에서 끝내세요."
    ),
    "You cut columns. A window is made of rows: `columns[start:stop]`.": (
        "열을 잘랐습니다. 창은 행을 자른 것입니다. `columns[start:stop]`입니다."
    ),
    "`start` is already the number of a row. Do not multiply it by T.": (
        "`start`가 이미 행 번호입니다. T를 곱하지 마세요."
    ),
    "Your targets are the next window. The target of a character is only one row further down.": (
        "정답이 다음 창입니다. 문자의 정답은 한 행 아래에 있을 뿐입니다."
    ),
    "The last target is missing: targets begin one row later than the inputs, and end one row later.": (
        "마지막 정답이 빠졌습니다. 정답은 입력보다 한 행 늦게 시작하고 한 행 늦게 끝납니다."
    ),
    "One window of T rows and B columns asks T · B times: what comes after all that you have read?": (
        "행 T개, 열 B개인 창 하나는 T · B번 묻습니다. 지금까지 읽은 글 다음에는 무엇이 올까요?"
    ),
    # split_documents
    "Write `split_documents(text, delimiter)`, which returns the documents of a text as a list, each with the "
    'delimiter that ends it. Nothing may get lost: `"".join(…)` of them is the text. The last one may have no '
    "delimiter.": (
        "글에 든 문서를 리스트로 돌려주는 `split_documents(text, delimiter)`를 작성하세요. 문서마다 그 문서를 끝내는 "
        '구분자가 붙어 있어야 합니다. 아무것도 잃어버리면 안 됩니다. `"".join(…)`으로 이어 붙이면 원래 글이 됩니다. '
        "마지막 문서에는 구분자가 없을 수도 있습니다."
    ),
    "`text.split(delimiter)` finds the pieces. What is missing from each?": (
        "`text.split(delimiter)`로 조각을 얻을 수 있습니다. 조각마다 무엇이 빠졌을까요?"
    ),
    "Put the delimiter back after every piece but the last: it ends all of those.": (
        "마지막 조각만 빼고 조각 뒤마다 구분자를 다시 붙이세요. 모두 구분자로 끝났던 조각입니다."
    ),
    "The last piece is a document of its own, unless it is empty.": "마지막 조각도 비어 있지 않다면 문서입니다.",
    'To `re`, "[SEP]" means one of the letters S, E, P. `re.escape(delimiter)` takes it literally.': (
        '`re`에서 "[SEP]"는 S, E, P 가운데 한 글자라는 뜻입니다. `re.escape(delimiter)`를 쓰면 적힌 그대로 읽습니다.'
    ),
    "There is an empty document at the end: nothing follows the last delimiter, so no document begins there.": (
        "끝에 빈 문서가 있습니다. 마지막 구분자 뒤에는 아무것도 없으니, 거기에서 시작하는 문서도 없습니다."
    ),
    "You put a delimiter after the last document, where the text has none. Joined, they should be the text.": (
        "글에는 없는 구분자를 마지막 문서 뒤에 붙였습니다. 이어 붙이면 원래 글이 되어야 합니다."
    ),
    "The delimiters are lost. Each document keeps its own: that is how a model learns where a document ends.": (
        "구분자를 잃어버렸습니다. 문서마다 구분자가 남아 있어야 모델이 문서가 어디에서 끝나는지 배웁니다."
    ),
    "An empty document is dropped. It is a delimiter of its own, and nothing of a text should get lost.": (
        "빈 문서를 버렸습니다. 빈 문서도 구분자 하나이며, 글에서 아무것도 잃어버리면 안 됩니다."
    ),
    "White space got lost. Joined, the documents should be the text again, character by character.": (
        "공백이나 줄바꿈을 잃어버렸습니다. 문서를 이어 붙이면 문자 하나하나까지 원래 글과 같아야 합니다."
    ),
    "There is a delimiter too many at the end: after the last one `split` gives an empty piece. Leave it out.": (
        "끝에 구분자가 하나 더 있습니다. `split`은 마지막 구분자 뒤에서 빈 조각을 내줍니다. 그 조각은 빼세요."
    ),
    "The last document is lost: it has no delimiter, but it is a document too.": (
        "마지막 문서를 잃어버렸습니다. 구분자는 없어도 문서입니다."
    ),
    "Your delimiters are documents of their own. Each belongs to the end of the document before it.": (
        "구분자가 따로 문서가 되었습니다. 구분자는 앞 문서의 끝에 붙습니다."
    ),
    "You put the delimiter before each document. It comes at the end.": (
        "구분자를 문서 앞에 붙였습니다. 구분자는 문서 끝에 옵니다."
    ),
    "Nothing was found: a delimiter may have several characters, so no single character equals it.": (
        "아무것도 찾지 못했습니다. 구분자가 여러 문자일 수 있으므로, 한 문자씩 견주면 같은 것이 없습니다."
    ),
    "Documents are what gets shuffled, anew in each epoch. (If lines are the documents, the package leaves a blank "
    "line with the line before it.)": (
        "섞는 것은 문서이고, 에폭마다 새로 섞습니다. (한 줄이 한 문서일 때 패키지는 빈 줄을 바로 앞줄과 함께 둡니다.)"
    ),
}
